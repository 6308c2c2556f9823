"""A report as a picture."""

from pathlib import Path

from softswitch.reports.result import ReportError, Result

MOST_BARS = 60


def draw(result: Result, file: Path) -> None:
    """Bars, as PNG or SVG by the file's ending. Raises ReportError and OSError."""
    if file.suffix.lower() not in (".png", ".svg"):
        raise ReportError(f"{file} is neither PNG nor SVG", "end the file's name with .png or .svg")
    chart = result.chart
    if chart is None:
        raise ReportError(f"{result.title.lower()} cannot be drawn", "leave --chart out, or use --xlsx")
    if not result.rows:
        raise ReportError(
            "there is nothing to draw: no call fits", "choose another period or other conditions"
        )
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = result.rows[:MOST_BARS]
    figure = Figure(figsize=(max(8.0, 0.3 * len(rows) + 2), 5.0), layout="constrained")
    FigureCanvasAgg(figure)  # no display, and none of pyplot's global state
    axes = figure.subplots()
    titles = {column.key: column.title for column in result.columns}
    width = 0.8 / len(chart.values)
    for nth, key in enumerate(chart.values):
        places = [at - 0.4 + width * (nth + 0.5) for at in range(len(rows))]
        axes.bar(places, [float(row.get(key) or 0) for row in rows], width, label=titles[key])
    names = [" ".join(str(row.get(key) or "-") for key in chart.labels) for row in rows]
    # A dollar sign begins a formula in matplotlib.
    axes.set_xticks(
        range(len(rows)),
        [name.replace("$", r"\$") for name in names],
        rotation=45 if max(map(len, names)) > 4 else 0,
        ha="right" if max(map(len, names)) > 4 else "center",
    )
    axes.set_ylabel(chart.axis)
    axes.set_title(result.title + (f", first {MOST_BARS}" if len(result.rows) > MOST_BARS else ""))
    axes.grid(axis="y", alpha=0.3)
    axes.set_axisbelow(True)
    if len(chart.values) > 1:
        axes.legend()
    figure.savefig(file, dpi=120)
