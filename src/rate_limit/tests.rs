//! Turns under a clock of the test's own.

use super::*;

const ENCRYPTED: &str = "RecognizeEncryptedIDCardOCR";
const LONG: Duration = Duration::from_secs(3600);

/// Uses a turn up once it has come.
fn spend(mut turn: Turn<'_>) {
    assert_eq!(turn.wait(turn.at), None);
}

/// How long from `now` to the turn that is taken.
fn takes<'a>(limits: &'a RateLimits, action: &str, now: Instant) -> (Turn<'a>, Duration) {
    let turn = limits.turn(action, now, LONG).expect("no turn");
    let until = turn.at.saturating_duration_since(now);
    (turn, until)
}

#[test]
fn turns_are_taken_in_order_and_evenly_spaced() {
    let limits = RateLimits::published();
    let now = Instant::now();
    for turn in 0..40 {
        let (taken, until) = takes(&limits, ENCRYPTED, now);
        assert_eq!(until, Duration::from_millis(50) * turn, "turn {turn}");
        spend(taken);
    }
    // After a pause nothing is owed, and nothing was saved up either.
    let later = now + Duration::from_secs(10);
    for wanted in [0, 50, 100] {
        let (taken, until) = takes(&limits, ENCRYPTED, later);
        assert_eq!(until, Duration::from_millis(wanted));
        spend(taken);
    }
}

#[test]
fn actions_do_not_wait_for_each_other() {
    let limits = RateLimits::none().limit("A", 0.5);
    let now = Instant::now();
    let (_first, until) = takes(&limits, "A", now);
    assert_eq!(until, Duration::ZERO);
    let (_second, until) = takes(&limits, "A", now);
    assert_eq!(until, Duration::from_secs(2));
    for _ in 0..3 {
        assert_eq!(takes(&limits, "B", now).1, Duration::ZERO);
    }
}

#[test]
fn actions_without_a_limit_of_their_own_share_one() {
    let limits = RateLimits::none().limit("A", 10.0).others(0.5);
    let now = Instant::now();
    let until = |action| {
        let (taken, until) = takes(&limits, action, now);
        spend(taken);
        until
    };
    let seconds = |action| until(action).as_secs();
    assert_eq!([seconds("B"), seconds("C"), seconds("B")], [0, 2, 4]);
    // And nobody waits for them who has a limit.
    assert_eq!(
        [until("A"), until("A")],
        [Duration::ZERO, Duration::from_millis(100)]
    );
}

#[test]
fn what_is_no_rate_is_no_limit() {
    for rate in [
        0.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
    ] {
        let limits = RateLimits::none().limit("A", 1.0).limit("A", rate);
        let now = Instant::now();
        let _first = takes(&limits, "A", now);
        assert_eq!(takes(&limits, "A", now).1, Duration::ZERO, "{rate}");
    }
}

#[test]
fn b2_a_call_that_will_not_wait_so_long_takes_no_turn() {
    let limits = RateLimits::none().limit("A", 1.0);
    let now = Instant::now();
    spend(takes(&limits, "A", now).0);
    for _ in 0..1000 {
        let short = Duration::from_millis(999);
        assert!(limits.turn("A", now, short).is_none());
    }
    let (_turn, until) = takes(&limits, "A", now);
    assert_eq!(until, Duration::from_secs(1));
    // What has come already needs no patience.
    let free = RateLimits::none().limit("A", 1.0);
    assert!(free.turn("A", now, Duration::ZERO).is_some());
}

#[test]
fn b2_a_turn_that_was_not_used_is_the_next_calls() {
    let limits = RateLimits::none().limit("A", 10.0);
    let now = Instant::now();
    spend(takes(&limits, "A", now).0);
    let burst: Vec<_> = (0..2000).map(|_| takes(&limits, "A", now).0).collect();
    drop(burst);
    let (_lone, until) = takes(&limits, "A", now);
    assert_eq!(until, Duration::from_millis(100));
}

/// The machine stood still while a hundred calls waited, or all of them waited for credentials.
#[test]
fn b2_calls_that_are_late_do_not_go_all_at_once() {
    let limits = RateLimits::none().limit("A", 10.0);
    let start = Instant::now();
    let mut late: Vec<_> = (0..100).map(|_| takes(&limits, "A", start).0).collect();
    let mut sent = Vec::new();
    for step in 0..200 {
        let now = start + Duration::from_secs(10) + Duration::from_millis(10) * step;
        late.retain_mut(|turn| {
            let waits = turn.wait(now).is_some();
            sent.extend((!waits).then_some(now));
            waits
        });
    }
    // A second is made up for, and the others go at the rate.
    let at_once = sent.iter().filter(|at| **at == sent[0]).count();
    assert_eq!(at_once, 11);
    assert!((29..=31).contains(&sent.len()), "{}", sent.len());
    for pair in sent.windows(2).skip(11) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(100));
    }
}

#[test]
fn whoever_waits_behind_a_call_that_gave_up_moves_up() {
    let limits = RateLimits::none().limit("A", 10.0);
    let now = Instant::now();
    spend(takes(&limits, "A", now).0);
    let (before, _) = takes(&limits, "A", now);
    let (mut behind, until) = takes(&limits, "A", now);
    assert_eq!(until, Duration::from_millis(200));
    drop(before);
    let soon = now + Duration::from_millis(60);
    assert_eq!(behind.wait(soon), Some(Duration::from_millis(40)));
    assert_eq!(behind.wait(now + Duration::from_millis(100)), None);
    // And its own turn is another's now.
    let (_next, until) = takes(&limits, "A", soon);
    assert_eq!(until, Duration::from_millis(140));
}

/// Ten times more calls than the rate allows, for half a minute: some wait within a deadline and some are dropped
/// while they wait. The clock is the test's own, in steps of 10 ms.
#[test]
fn b2_under_overload_the_whole_rate_is_sent_in_every_second() {
    const STEP: Duration = Duration::from_millis(10);
    let limits = RateLimits::published();
    let start = Instant::now();
    let mut waiting: Vec<(Turn<'_>, Instant)> = Vec::new();
    let mut sent = [0; 30];
    for step in 0..3000_u32 {
        let now = start + STEP * step;
        // 200 calls a second, each of which gives up after a time of its own.
        for call in 0..2_u32 {
            let patience = STEP * (1 + (step * 7 + call * 13) % 250);
            let deadline = if call == 0 { patience } else { LONG };
            if let Some(turn) = limits.turn(ENCRYPTED, now, deadline) {
                waiting.push((turn, now + patience));
            }
        }
        let mut still = Vec::new();
        for (mut turn, gives_up) in waiting {
            if turn.wait(now).is_none() {
                sent[(step / 100) as usize] += 1;
            } else if now < gives_up {
                still.push((turn, gives_up));
            }
        }
        waiting = still;
    }
    for (second, sent) in sent.into_iter().enumerate() {
        assert!((19..=21).contains(&sent), "{sent} in second {second}");
    }
}
