//! Resource packages: prepaid calls of an action, counted down by the billed calls.

use std::collections::BTreeMap;
use std::time::SystemTime;

use rusqlite::params;
use serde::Serialize;

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::period::{Period, day_begins, parse_day};

/// A package that was bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Package {
    /// The action whose calls it pays for, as the cloud names it.
    pub action: String,
    /// The number of calls.
    pub calls: u64,
    /// The first valid day, `YYYY-MM-DD`; `None` for no start.
    pub from: Option<String>,
    /// The first day after it has expired; `None` for no end.
    pub until: Option<String>,
}

/// A package and its remaining calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PackageLeft {
    /// The action whose calls it pays for.
    pub action: String,
    /// The number of calls bought.
    pub calls: u64,
    /// The number of billed calls that it has paid for.
    pub used: u64,
    /// The number of calls left.
    pub left: u64,
    /// The first valid day; `None` for no start.
    pub from: Option<String>,
    /// The first day after it has expired; `None` for no end.
    pub until: Option<String>,
    #[serde(skip)]
    dates: Period,
}

impl PackageLeft {
    /// If a tenth or less of the action's valid packages together is left: the number of calls bought and the number
    /// left.
    pub fn nearly_used_up(
        packages: &[Self],
        now: SystemTime,
    ) -> impl Iterator<Item = (&str, u64, u64)> {
        let mut together: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for package in packages.iter().filter(|package| package.is_good(now)) {
            let (calls, left) = together.entry(&package.action).or_default();
            *calls = calls.saturating_add(package.calls);
            *left = left.saturating_add(package.left);
        }
        together
            .into_iter()
            .filter(|(_, (calls, left))| left.saturating_mul(10) <= *calls)
            .map(|(action, (calls, left))| (action, calls, left))
    }

    /// Whether it is over at a moment.
    pub fn is_over(&self, now: SystemTime) -> bool {
        let still = Period {
            since: i64::MIN,
            ..self.dates
        };
        !still.contains(now)
    }

    /// Whether its dates hold a moment.
    pub fn is_good(&self, now: SystemTime) -> bool {
        self.dates.contains(now)
    }
}

/// Which calls count against a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counting {
    /// Those that are known to be billed.
    Billed,
    /// Those that may be billed, too: whose answers did not come, and that are reserved.
    Possible,
}

impl Counting {
    /// The times of the calls of an action.
    fn times(self) -> &'static str {
        match self {
            Self::Billed => "SELECT time FROM calls WHERE billed = 1 AND action = ?1",
            Self::Possible => {
                "SELECT time FROM calls WHERE billed = 1 AND action = ?1 \
                 UNION ALL SELECT time FROM calls WHERE billed IS NULL AND action = ?1 \
                 UNION ALL SELECT time FROM reserved WHERE action = ?1"
            }
        }
    }
}

impl Ledger {
    /// Adds a package.
    ///
    /// # Errors
    /// [`LedgerError`]; `BadTime` if a date is invalid or the dates are in the wrong order.
    pub fn add_package(&mut self, package: &Package) -> Result<(), LedgerError> {
        dates(package.from.as_deref(), package.until.as_deref())?;
        let day = |day: &Option<String>| day.as_deref().map(parse_day).transpose();
        self.connection.execute(
            "INSERT INTO packages (action, calls, from_day, until_day) VALUES (?1, ?2, ?3, ?4)",
            params![
                package.action,
                i64::try_from(package.calls).unwrap_or(i64::MAX),
                day(&package.from)?,
                day(&package.until)?
            ],
        )?;
        Ok(())
    }

    /// Takes away the packages of this action that are so in everything that is given, and says how many they were.
    ///
    /// # Errors
    /// [`LedgerError`]; `BadTime` where a date is none.
    pub fn remove_packages(
        &mut self,
        action: &str,
        calls: Option<u64>,
        from: Option<&str>,
        until: Option<&str>,
    ) -> Result<usize, LedgerError> {
        let day = |day: Option<&str>| day.map(parse_day).transpose();
        Ok(self.connection.execute(
            "DELETE FROM packages WHERE action = ?1 AND (?2 IS NULL OR calls = ?2) AND (?3 IS NULL OR from_day = ?3)
                AND (?4 IS NULL OR until_day = ?4)",
            params![
                action,
                calls.map(|calls| i64::try_from(calls).unwrap_or(i64::MAX)),
                day(from)?,
                day(until)?
            ],
        )?)
    }

    /// Every package in the order they were noted, counted down by the billed calls of its action within its dates. A
    /// call counts once: against the package that ends first of those that still have some left.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn packages(&self) -> Result<Vec<PackageLeft>, LedgerError> {
        self.counted_down(Counting::Billed, None)
    }

    /// The packages, counted down; those of one action only, where one is given.
    pub(crate) fn counted_down(
        &self,
        by: Counting,
        action: Option<&str>,
    ) -> Result<Vec<PackageLeft>, LedgerError> {
        let mut packages = self.bought()?;
        packages.retain(|package| action.is_none_or(|action| package.action == action));
        let mut actions: Vec<String> = packages.iter().map(|p| p.action.clone()).collect();
        actions.sort();
        actions.dedup();
        for action in actions {
            let mut of_action: Vec<&mut PackageLeft> = packages
                .iter_mut()
                .filter(|package| package.action == action)
                .collect();
            match of_action.as_mut_slice() {
                [one] => one.used = self.count_within(by, &action, &one.dates)?,
                several => self.share_out(by, &action, several)?,
            }
            for package in of_action {
                package.left = package.calls.saturating_sub(package.used);
            }
        }
        Ok(packages)
    }

    /// How many calls the packages of an action can still pay for at this time; `None` if no package is valid then.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn left_of(&self, action: &str, now: SystemTime) -> Result<Option<u64>, LedgerError> {
        self.left_by(Counting::Billed, action, now)
    }

    pub(crate) fn left_by(
        &self,
        by: Counting,
        action: &str,
        now: SystemTime,
    ) -> Result<Option<u64>, LedgerError> {
        let packages = self.counted_down(by, Some(action))?;
        let mut good = packages
            .iter()
            .filter(|package| package.is_good(now))
            .peekable();
        let any = good.peek().is_some();
        let left = good.fold(0_u64, |left, package| left.saturating_add(package.left));
        Ok(any.then_some(left))
    }

    fn bought(&self) -> Result<Vec<PackageLeft>, LedgerError> {
        let mut select = self
            .connection
            .prepare("SELECT action, calls, from_day, until_day FROM packages ORDER BY id")?;
        let rows = select.query_map((), |row| {
            let calls: i64 = row.get(1)?;
            Ok(PackageLeft {
                action: row.get(0)?,
                calls: u64::try_from(calls).unwrap_or_default(),
                used: 0,
                left: 0,
                from: row.get(2)?,
                until: row.get(3)?,
                dates: Period::ALL,
            })
        })?;
        let mut packages = rows.collect::<Result<Vec<_>, _>>()?;
        for package in &mut packages {
            package.dates = dates(package.from.as_deref(), package.until.as_deref())?;
        }
        Ok(packages)
    }

    fn count_within(&self, by: Counting, action: &str, dates: &Period) -> Result<u64, LedgerError> {
        let times = by.times();
        let count = format!("SELECT count(*) FROM ({times}) WHERE time >= ?2 AND time < ?3");
        let mut count = self.connection.prepare_cached(&count)?;
        let values = params![action, dates.since, dates.until];
        let count: i64 = count.query_row(values, |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    fn share_out(
        &self,
        by: Counting,
        action: &str,
        packages: &mut [&mut PackageLeft],
    ) -> Result<(), LedgerError> {
        packages.sort_by_key(|package| (package.dates.until, package.dates.since));
        let select = format!("{} ORDER BY time", by.times());
        let mut select = self.connection.prepare_cached(&select)?;
        let mut rows = select.query([action])?;
        while let Some(row) = rows.next()? {
            let time: i64 = row.get(0)?;
            let is_good = |package: &&mut &mut PackageLeft| {
                (package.dates.since..package.dates.until).contains(&time)
            };
            let mut good = packages.iter_mut().filter(is_good);
            // Calls beyond all packages count against the last one.
            let paying = good.by_ref().find(|package| package.used < package.calls);
            let paying = match paying {
                Some(package) => Some(package),
                None => packages.iter_mut().rfind(is_good),
            };
            if let Some(package) = paying {
                package.used = package.used.saturating_add(1);
            }
        }
        Ok(())
    }
}

fn dates(from: Option<&str>, until: Option<&str>) -> Result<Period, LedgerError> {
    let since = from.map_or(Ok(i64::MIN), day_begins)?;
    let until = until.map_or(Ok(i64::MAX), day_begins)?;
    if since >= until {
        return Err(LedgerError::BadTime(
            "the package ends before it begins; exchange --from and --until".to_owned(),
        ));
    }
    Ok(Period { since, until })
}
