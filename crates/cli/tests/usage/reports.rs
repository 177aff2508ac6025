//! What the record is read for: days, packages, files.

use super::*;

#[test]
fn days_are_those_of_the_machines_zone() {
    let scratch = Scratch::new();
    // 2026-01-31T20:00:00Z, and one second before the day in China began.
    ledger_of(
        &scratch,
        &[
            (1_769_889_600, None, ACTION, Some(true)),
            (
                1_769_875_199,
                Some("FailedOperation.ImageBlur"),
                ACTION,
                Some(false),
            ),
        ],
    );
    let days = |zone: &str, more: &[&str]| {
        let mut command = scratch.command(&["usage", "--ledger", "ledger", "--json"]);
        command.args(more).env("TZ", zone);
        let found = finish(command, b"").expect_code(0).json();
        let groups = found["groups"].as_array().unwrap().clone();
        groups
            .iter()
            .map(|group| group["key"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(days("UTC", &[]), ["2026-01-31"]);
    assert_eq!(days("Asia/Shanghai", &[]), ["2026-01-31", "2026-02-01"]);
    assert_eq!(
        days("Asia/Shanghai", &["--since", "2026-02-01"]),
        ["2026-02-01"]
    );
    assert_eq!(
        days("Asia/Shanghai", &["--until", "2026-02-01"]),
        ["2026-01-31"]
    );
    assert_eq!(
        days("UTC", &["--until", "2026-01-31T20:00:00Z", "--by", "code"]),
        ["FailedOperation.ImageBlur"]
    );
    assert_eq!(days("UTC", &["--since", "2026-02-01"]), [""; 0]);
    for (since, until) in [
        ("2026-02-02", "2026-02-01"),
        ("yesterday", "2026-02-01"),
        ("2026-02-30", "2026-03-01"),
    ] {
        scratch
            .run(
                &[
                    "usage", "--ledger", "ledger", "--since", since, "--until", until,
                ],
                "",
            )
            .expect_error(2);
    }
}

#[test]
fn packages_are_counted_down_and_warned_of() {
    let scratch = Scratch::new();
    let mut calls = vec![(1_769_889_600, None, ACTION, Some(true)); 9];
    calls.push((
        1_769_889_600,
        Some("FailedOperation.ImageBlur"),
        ACTION,
        Some(false),
    ));
    calls.push((1_769_889_600, None, "IDCardOCR", Some(true)));
    ledger_of(&scratch, &calls);
    let add = |more: &[&str]| {
        let usual = ["package", "add", "--ledger", "ledger"];
        scratch.run(&[&usual[..], more].concat(), "")
    };
    add(&["--action", ACTION, "--calls", "18"]).expect_code(0);
    let list = ["package", "list", "--ledger", "ledger", "--json"];
    let package =
        json!([{"action": ACTION, "calls": 18, "used": 9, "left": 9, "from": null, "until": null}]);
    assert_eq!(scratch.run(&list, "").expect_code(0).json(), package);
    let half = scratch
        .run(&["usage", "--ledger", "ledger"], "")
        .expect_code(0);
    assert_eq!(half.stderr, "");
    add(&[
        "--action",
        "IDCardOCR",
        "--calls",
        "1",
        "--from",
        "2026-01-01",
    ])
    .expect_code(0);
    let little = scratch
        .run(&["usage", "--ledger", "ledger", "--json"], "")
        .expect_code(0);
    assert_eq!(little.json()["packages"][0], package[0]);
    assert_eq!(little.stderr.lines().count(), 1);
    little.says("IDCardOCR have 0 left");
    let shown = scratch
        .run(&["package", "list", "--ledger", "ledger"], "")
        .expect_code(0);
    let row: Vec<_> = shown
        .stdout
        .lines()
        .nth(2)
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(row, ["IDCardOCR", "1", "1", "0", "2026-01-01", "-"]);
    for wrong in [
        &["--action", "a b", "--calls", "1"][..],
        &["--action", ACTION, "--calls", "0"],
        &["--action", ACTION, "--calls", "-5"],
        &["--action", ACTION, "--calls", "1", "--from", "2026-02-30"],
        &[
            "--action",
            ACTION,
            "--calls",
            "1",
            "--from",
            "2026-02-02",
            "--until",
            "2026-02-01",
        ],
    ] {
        add(wrong).expect_error(2);
    }
}

#[test]
fn reports_are_files_that_others_read() {
    let scratch = Scratch::new();
    ledger_of(
        &scratch,
        &[
            (1_769_889_600, None, ACTION, Some(true)),
            (1_769_889_601, Some("=cmd|' /C calc'!A0"), ACTION, None),
        ],
    );
    let usual = [
        "usage", "--ledger", "ledger", "--csv", "o.csv", "--xlsx", "o.xlsx", "--plot", "o.svg",
    ];
    let text = scratch.run(&usual, "").expect_code(0).stdout;
    assert!(
        text.starts_with("calls         2\nok            1\nfailed        1\nbilled        1\n"),
        "{text}"
    );
    let csv = scratch.read("o.csv");
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(
        rows[1],
        "2026-01-31T20:00:00.000Z,tencent,RecognizeEncryptedIDCardOCR,,id-1,ok,,r,1,yes,1.5,9,8,1"
    );
    assert!(
        rows[2].contains(",failed,'=cmd|' /C calc'!A0,r,1,unknown,1.5,"),
        "{csv}"
    );
    let svg = scratch.read("o.svg");
    assert!(svg.contains("<text ") && !svg.contains("<script"), "{svg}");
    let read_sheet = "import zipfile, sys, xml.etree.ElementTree as E\n\
        z = zipfile.ZipFile('o.xlsx')\n\
        s = E.fromstring(z.read('xl/worksheets/sheet1.xml'))\n\
        n = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'\n\
        for row in s.iter(n + 'row'):\n\
        \x20   print('|'.join(''.join(c.itertext()) + ':' + c.get('t', 'n') for c in row))\n";
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let read = Command::new(&python)
        .args(["-c", read_sheet])
        .current_dir(scratch.path("."))
        .output();
    let Ok(read) = read else {
        return crate::common::skip("the workbook", &format!("{python} is not installed"));
    };
    let sheet = String::from_utf8(read.stdout).unwrap();
    let rows: Vec<&str> = sheet.lines().collect();
    assert_eq!(
        rows.len(),
        3,
        "{sheet}{}",
        String::from_utf8_lossy(&read.stderr)
    );
    assert!(
        rows[0].starts_with("time:inlineStr|cloud:inlineStr|action:inlineStr|"),
        "{sheet}"
    );
    assert!(
        rows[1].ends_with("|1:n|yes:inlineStr|1.5:n|9:n|8:n|1:n"),
        "{sheet}"
    );
    assert!(
        rows[2].contains("|failed:inlineStr|=cmd|' /C calc'!A0:inlineStr|"),
        "{sheet}"
    );

    scratch
        .run(
            &["usage", "--ledger", "ledger", "--csv", "no/folder/o.csv"],
            "",
        )
        .expect_error(2)
        .says("cannot be written");
    let none = scratch
        .run(&["usage", "--ledger", "none", "--json"], "")
        .expect_code(0);
    assert_eq!(none.json()["calls"], 0);
    assert!(!scratch.exists("none"));
}
