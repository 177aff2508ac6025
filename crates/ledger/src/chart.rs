//! The groups of a period as a line chart in SVG, with texts as text elements and no external resources.

use plotters::prelude::{
    ChartBuilder, Circle, Color, IntoDrawingArea, LineSeries, PathElement, RGBColor, SVGBackend,
    WHITE,
};

use crate::error::LedgerError;
use crate::usage::{Group, Usage};

const SIZE: (u32, u32) = (960, 480);

/// The maximum number of labels on the axis.
const LABELS: usize = 12;

/// The meaning of a line, its colour, and its value in a group.
type Line = (&'static str, RGBColor, fn(&Group) -> u64);

const LINES: [Line; 4] = [
    ("calls", RGBColor(68, 68, 68), |group| group.calls),
    ("ok", RGBColor(0, 114, 178), |group| group.ok),
    ("failed", RGBColor(213, 94, 0), |group| group.failed),
    ("billed", RGBColor(0, 158, 115), |group| group.billed),
];

/// Draws the groups as an SVG: calls, successes, failures and billed calls of each. `say` gives the words `calls`, `ok`,
/// `failed` and `billed` in the reader's language.
///
/// # Errors
/// [`LedgerError::Report`] if it cannot be drawn.
pub fn write_svg(
    usage: &Usage,
    say: impl Fn(&'static str) -> String,
) -> Result<String, LedgerError> {
    let mut svg = String::new();
    draw(usage, &say, &mut svg).map_err(|error| LedgerError::Report(error.to_string()))?;
    Ok(svg)
}

fn draw(
    usage: &Usage,
    say: &dyn Fn(&'static str) -> String,
    svg: &mut String,
) -> Result<(), Box<dyn std::error::Error>> {
    let groups = &usage.groups;
    let highest = groups.iter().map(|group| group.calls).max().unwrap_or(0);
    let last = groups.len().saturating_sub(1).max(1);
    let totals = [usage.calls, usage.ok, usage.failed, usage.billed];
    let totals = LINES.iter().zip(totals);
    let totals: Vec<String> = totals
        .map(|((name, ..), total)| format!("{} {total}", say(name)))
        .collect();
    let title = totals.join(" · ");
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    #[expect(clippy::cast_precision_loss, reason = "a place on a chart")]
    let (right, top) = (last as f64 + 0.25, highest.max(1) as f64 * 1.1);
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(56)
        .build_cartesian_2d(-0.25..right, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(groups.len().clamp(2, LABELS))
        .x_label_formatter(&|at| label(groups, *at))
        .y_labels(6)
        .y_label_formatter(&|count| format!("{count:.0}"))
        .draw()?;
    #[expect(clippy::cast_precision_loss, reason = "a place on a chart")]
    for (name, colour, count) in LINES {
        let points = groups.iter().enumerate();
        let points: Vec<(f64, f64)> = points
            .map(|(at, group)| (at as f64, count(group) as f64))
            .collect();
        let dots = points
            .iter()
            .map(|point| Circle::new(*point, 3, colour.filled()));
        chart.draw_series(dots)?;
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(say(name))
            .legend(move |(x, y)| {
                PathElement::new([(x, y), (x.saturating_add(18), y)], colour.stroke_width(2))
            });
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(RGBColor(200, 200, 200))
        .draw()?;
    area.present()?;
    Ok(())
}

/// The key of the group at a position; empty between two groups.
fn label(groups: &[Group], at: f64) -> String {
    let nearest = at.round();
    if (at - nearest).abs() > 0.01 || nearest < 0.0 {
        return String::new();
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small whole number"
    )]
    let group = groups.get(nearest as usize);
    group.map_or_else(String::new, |group| group.key.clone())
}
