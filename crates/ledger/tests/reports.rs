//! The reports: CSV and XLSX as others read them, and the chart.

mod common;

use std::io::Cursor;

use cardseal_ledger::{By, Period, write_csv, write_svg, write_xlsx};
use common::{NOON, call, ledger};

#[test]
fn csv_has_a_row_a_call_and_no_formulas() {
    let mut bad = call(NOON + 1, Some("=HYPERLINK(\"http://x\",\"a, b\")"), 3);
    bad.request_id = "+1".to_owned();
    bad.credential = "@SUM(A1)".to_owned();
    bad.action = "-2".to_owned();
    bad.billed = None;
    let (_folder, ledger) = ledger(&[call(NOON, None, 12), bad]);
    let mut csv = Vec::new();
    write_csv(&ledger, &Period::ALL, &mut csv).unwrap();
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "time,cloud,action,region,credential,outcome,code,request_id,attempt,billed,latency_ms,sent,received,billed_calls\r\n\
         2026-01-31T12:00:00.000Z,tencent,RecognizeEncryptedIDCardOCR,ap-guangzhou,id-0123456789ab,ok,,r-1,1,yes,12,1000,500,1\r\n\
         2026-01-31T12:00:01.000Z,tencent,'-2,ap-guangzhou,'@SUM(A1),failed,\"'=HYPERLINK(\"\"http://x\"\",\"\"a, b\"\")\",'+1,1,unknown,3,1000,500,\r\n"
    );
}

#[test]
fn a_sheet_is_a_workbook_others_open() {
    let calls: Vec<_> = (0..50).map(|n| call(NOON + n, None, n)).collect();
    let (_folder, ledger) = ledger(&calls);
    let mut sheet = Cursor::new(Vec::new());
    write_xlsx(&ledger, &Period::ALL, &mut sheet).unwrap();
    // The command line's tests have another program read it.
    assert!(sheet.into_inner().starts_with(b"PK\x03\x04"));
}

#[test]
fn a_chart_is_text_and_fetches_nothing() {
    for count in [0, 1, 2, 40] {
        let calls: Vec<_> = (0..count)
            .map(|n| call(NOON + n * 86_400, None, n))
            .collect();
        let (_folder, ledger) = ledger(&calls);
        let usage = ledger.usage(&Period::ALL, By::Day).unwrap();
        let svg = write_svg(&usage, str::to_owned).unwrap();
        assert!(
            svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"),
            "{svg}"
        );
        assert!(
            svg.contains("<text ") && svg.contains(&format!("calls {count} · ok {count}")),
            "{svg}"
        );
        if let Some(first) = usage.groups.first() {
            assert!(svg.contains(&first.key), "no {} in {svg}", first.key);
        }
        for foreign in ["<script", "href", "url(", "<image", "<style"] {
            assert!(!svg.contains(foreign), "{foreign} in {svg}");
        }
    }
}

#[test]
fn a_chart_says_every_word_as_its_reader_does() {
    let (_folder, ledger) = ledger(&[call(NOON, None, 1)]);
    let usage = ledger.usage(&Period::ALL, By::Day).unwrap();
    let svg = write_svg(&usage, |word| match word {
        "calls" => "调用".to_owned(),
        "ok" => "成功".to_owned(),
        "failed" => "失败".to_owned(),
        "billed" => "计费".to_owned(),
        other => panic!("{other} is no word of a chart"),
    })
    .unwrap();
    assert!(svg.contains("调用 1 · 成功 1 · 失败 0 · 计费 1"), "{svg}");
    // The title and the legend.
    for word in ["调用", "成功", "失败", "计费"] {
        assert_eq!(svg.matches(word).count(), 2, "{word} in {svg}");
    }
    for word in ["calls", "failed", "billed"] {
        assert!(!svg.contains(word), "{word} in {svg}");
    }
}

#[test]
fn what_a_chart_is_told_cannot_leave_its_text() {
    let mut one = call(NOON, None, 1);
    one.action = "<script>alert(1)</script>".to_owned();
    let (_folder, ledger) = ledger(&[one]);
    let usage = ledger.usage(&Period::ALL, By::Action).unwrap();
    let svg = write_svg(&usage, str::to_owned).unwrap();
    assert!(!svg.contains("<script"), "{svg}");
    assert!(svg.contains("&lt;script&gt;"), "{svg}");
}
