//! Calls as a workbook with one sheet, one row per call.

use std::io::{Seek, Write};

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::error::LedgerError;
use crate::ledger::Ledger;
use crate::period::Period;
use crate::table::{COLUMNS, Cell, row};

/// The maximum number of rows besides the header.
const MOST: u32 = 1_048_575;

/// Writes the calls of a period as XLSX. Texts are never formulas.
///
/// # Errors
/// [`LedgerError`]; `TooMany` if there are more calls than rows.
pub fn write_xlsx(
    ledger: &Ledger,
    period: &Period,
    to: impl Write + Seek + Send,
) -> Result<(), LedgerError> {
    let failed = |error: XlsxError| LedgerError::Report(error.to_string());
    let mut workbook = Workbook::new();
    // Rows are written one by one and not kept in memory.
    let sheet = workbook
        .add_worksheet_with_constant_memory()
        .map_err(failed)?;
    sheet.set_name("calls").map_err(failed)?;
    let bold = Format::new().set_bold();
    for (column, name) in (0_u16..).zip(COLUMNS) {
        sheet
            .write_string_with_format(0, column, name, &bold)
            .map_err(failed)?;
    }
    let mut at: u32 = 0;
    ledger.each_call(period, |call| {
        if at == MOST {
            return Err(LedgerError::TooMany { most: MOST });
        }
        at = at.saturating_add(1);
        for (column, cell) in (0_u16..).zip(row(call)) {
            match cell {
                Cell::Text(text) => sheet.write_string(at, column, text),
                Cell::Number(number) => sheet.write_number(at, column, number),
            }
            .map_err(failed)?;
        }
        Ok(())
    })?;
    workbook.save_to_writer(to).map_err(failed)
}
