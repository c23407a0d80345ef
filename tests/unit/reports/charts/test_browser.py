"""Charts in a browser: nothing overflows a phone or a desk; with real fonts texts are large enough and lie apart."""

import html
import json
import re
import shutil
import subprocess

import pytest

from sqaudit.reports.charts import CHART_CSS

WIDTHS = (390, 1280)
# The page measures its frames once they are laid out; the charts themselves hold no script.
MEASURE = """
const told = [...document.querySelectorAll("iframe")].map((frame) => {
  const page = frame.contentDocument, bad = [], sizes = [];
  for (const svg of page.querySelectorAll(".chart svg")) {
    const edge = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map((text) => [text.getBoundingClientRect(), text.textContent]);
    sizes.push(parseFloat(page.defaultView.getComputedStyle(svg).fontSize) * edge.width / svg.viewBox.baseVal.width);
    boxes.forEach(([box, text], at) => {
      if (box.left < edge.left - 1 || box.right > edge.right + 1) bad.push("outside: " + text);
      if (box.top < edge.top - 3 || box.bottom > edge.bottom + 3)
        bad.push("outside: " + text);
      for (const [other, words] of boxes.slice(0, at))
        if (Math.min(box.right, other.right) - Math.max(box.left, other.left) > 1 &&
            Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 5) bad.push(text + " over " + words);
    });
  }
  return {bad, least: Math.min(...sizes), most: Math.max(...sizes), wide: page.documentElement.scrollWidth,
          drawn: sizes.length, dialogs: page.querySelectorAll("script").length};
});
document.body.innerHTML = "";
const out = document.createElement("pre");
out.id = "out";
out.textContent = JSON.stringify(told);
document.body.append(out);
"""


def test_nothing_overflows_on_phone_and_desk(charts, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium")
    frames = []
    for code, drawn in charts.items():
        policy = (
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        )
        body = "<body style='margin:16px'>" + "".join(f"<section>{chart}</section>" for chart in drawn.values())
        page = f"<!doctype html><html lang={code}>{policy}<style>{CHART_CSS}</style>{body}</html>"
        frames += [f'<iframe srcdoc="{html.escape(page)}" width="{width}" height="3000"></iframe>' for width in WIDTHS]
    file = tmp_path / "page.html"
    file.write_text(
        f'<!doctype html><meta charset="utf-8"><body>{"".join(frames)}<script>onload = () => {{{MEASURE}}}</script>',
        encoding="utf-8",
    )
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--window-size=1400,900",
    ]
    dumped = subprocess.run(
        [chromium, *options, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", file.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    found = re.search(r'<pre id="out">(.*?)</pre>', dumped, re.DOTALL)
    assert found is not None, dumped[-2000:]
    told = json.loads(html.unescape(found[1]))
    for (code, width), page in zip([(code, width) for code in charts for width in WIDTHS], told, strict=True):
        assert page["bad"] == [], (code, width)
        assert page["drawn"] >= 6
        assert page["dialogs"] == 0
        assert page["wide"] <= width, (code, width)
        assert page["least"] >= 10, (code, width)
        assert page["most"] <= 16, (code, width)
