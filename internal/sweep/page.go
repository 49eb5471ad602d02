package sweep

import (
	"fmt"
	"html"
	"strings"

	"github.com/volley-snn/volley/snn/model"
)

// Page is an HTML page of an experiment that needs nothing from outside: its table, and
// its measures by epoch.
func Page(s *model.Sweep, t *Table, runs []Run) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>%[1]s</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body { font-family: sans-serif; max-width: 980px; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
pre { overflow-x: auto; font-size: 12px; line-height: 1.5; background: #f6f6f6; padding: 1em }
.arms { display: flex; flex-wrap: wrap; gap: 0.3em 1.4em; padding: 0; list-style: none }
.arms svg { vertical-align: middle; margin-right: 0.4em }
.panels { display: flex; flex-wrap: wrap; gap: 10px }
</style></head><body>
<h1>%[1]s</h1>
<p>%[2]s</p>
<p>Named beforehand: %[3]s against %[4]s. Accuracies are those of the last epoch; other comparisons are Holm-corrected.</p>
<pre>%[5]s</pre>
`, html.EscapeString(s.Name), html.EscapeString(s.Description), html.EscapeString(s.Primary), html.EscapeString(s.Against), html.EscapeString(t.String()))
	strong := map[string]bool{s.Primary: true, s.Against: true}
	b.WriteString("<h2>By epoch</h2>\n<p>Means over seeds; bands are 95 % intervals of the mean. The two arms that were named beforehand are drawn stronger.</p>\n<ul class=\"arms\">\n")
	for k, a := range t.Arms {
		fmt.Fprintf(&b, `<li><svg width="34" height="10"><line x1="0" y1="5" x2="34" y2="5" %s/></svg>%s, %d seeds</li>`+"\n", style(k, strong[a.Arm]), html.EscapeString(a.Arm), a.Seeds)
	}
	b.WriteString("</ul>\n<div class=\"panels\">\n")
	for _, m := range measures {
		b.WriteString(panel(m.title, curves(t.Arms, runs, m), strong))
	}
	b.WriteString("</div>\n</body></html>\n")
	return []byte(b.String())
}
