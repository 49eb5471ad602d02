package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/report/plot"
	"github.com/volley-snn/volley/snn"
)

// parsed is a page as a browser reads it.
type parsed struct {
	text     string
	sections []string // ids
	ids      map[string]*html.Node
	data     plot.Data
	words    string // all that is shown without the program
}

// parse writes the report of a directory and checks what holds for every page.
func parse(t testing.TB, dir string) *parsed {
	t.Helper()
	path, err := Write(dir)
	must(t, err)
	if path != filepath.Join(dir, record.ReportFile) {
		t.Errorf("the report is %s", path)
	}
	text, err := os.ReadFile(path)
	must(t, err)
	if len(text) > 5<<20 {
		t.Errorf("%s has %d bytes, expected a few MB", path, len(text))
	}
	p := &parsed{text: string(text), ids: map[string]*html.Node{}}
	tree, err := html.Parse(bytes.NewReader(text))
	must(t, err)
	var policy, style, script, words strings.Builder
	for n := range tree.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			words.WriteString(strings.Join(strings.Fields(n.Data), " ") + " ")
		}
		if n.Type != html.ElementNode {
			continue
		}
		if id := attribute(n, "id"); id != "" {
			if p.ids[id] != nil {
				t.Errorf("two elements have the id %q", id)
			}
			p.ids[id] = n
		}
		switch n.Data {
		case "section":
			p.sections = append(p.sections, attribute(n, "id"))
		case "style":
			style.WriteString(n.FirstChild.Data)
		case "script":
			if attribute(n, "src") != "" {
				t.Error("a script is fetched")
			}
			if attribute(n, "type") == "" {
				script.WriteString(n.FirstChild.Data)
			}
		case "meta":
			if attribute(n, "http-equiv") == "Content-Security-Policy" {
				policy.WriteString(attribute(n, "content"))
			}
		case "img", "iframe", "object", "embed", "form", "base":
			t.Errorf("the page has a %s", n.Data)
		}
		checkAttributes(t, n)
	}
	p.words = words.String()
	for _, part := range []string{style.String(), script.String()} {
		if hash := source([]byte(part)); !strings.Contains(policy.String(), "'"+hash+"'") {
			t.Errorf("the policy %q does not name %s", policy.String(), hash)
		}
	}
	if data := p.ids["data"]; data == nil || json.Unmarshal([]byte(data.FirstChild.Data), &p.data) != nil {
		t.Error("the data is not JSON")
	}
	own := strings.ReplaceAll(p.text, data(p), "")
	for _, word := range []string{"http:", "https:", "@import", "url(", "eval("} {
		if strings.Contains(own, word) && !strings.Contains(dirText(t, dir), word) {
			t.Errorf("the page has %q: nothing may be fetched or evaluated", word)
		}
	}
	return p
}

func data(p *parsed) string { return p.ids["data"].FirstChild.Data }

// dirText is what a model may bring into a page.
func dirText(t testing.TB, dir string) string {
	t.Helper()
	run, err := os.ReadFile(filepath.Join(dir, record.RunFile))
	must(t, err)
	return string(run)
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// checkAttributes finds what the policy forbids and what a reader's aid needs.
func checkAttributes(t testing.TB, n *html.Node) {
	t.Helper()
	for _, a := range n.Attr {
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
			t.Errorf("%s has the attribute %s: the policy forbids it", n.Data, a.Key)
		}
		if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && a.Val != "data:," {
			t.Errorf("a link to %s", a.Val)
		}
	}
	if attribute(n, "tabindex") == "0" && n.Data != "pre" && (attribute(n, "aria-label") == "" || attribute(n, "role") == "") {
		t.Errorf("%s %s can be focused and has no name", n.Data, attribute(n, "id"))
	}
}

func TestSectionsOfARun(t *testing.T) {
	p := parse(t, digitsRun().write(t, place(t, "digits")))
	if want := []string{"results", "activity", "populations", "weights", "protocol", "plan", "cost", "repeat", "model"}; !slices.Equal(p.sections, want) {
		t.Errorf("sections %v, expected %v", p.sections, want)
	}
	for _, id := range []string{"plot-strip", "plot-raster", "plot-rates", "plot-cv", "plot-synchrony", "plot-signals", "chart-isi", "chart-firing", "chart-weights", "chart-accuracy"} {
		if p.ids[id] == nil {
			t.Errorf("no %s", id)
		}
	}
	for _, words := range []string{
		"The network decides 84.9 % of 5,000 items rightly; guessing among 10 classes gives 10 %.",
		"volley run digits.yaml --set populations.E.size=100 --seed 7",
		"accuracy by rule", "81.21 %", "true ↓ decided →", "pixels → E", "ssdp_synapse", "2.31", "48.0 MiB",
		"500 neurons in 2 populations and 784 spike sources", "network 7, initial state 7, input 7",
	} {
		if !strings.Contains(p.words, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
	if n := len(p.data.Images); n != 1 || p.data.Images[0].Shown != 60 {
		t.Errorf("%d results of images", n)
	}
}

// A section whose data a run did not record is absent, and so is its link.
func TestAbsentSections(t *testing.T) {
	m := base("quiet", 10, 5)
	m.rates = nil
	p := parse(t, m.write(t, place(t, "quiet")))
	if want := []string{"populations", "plan", "cost", "repeat", "model"}; !slices.Equal(p.sections, want) {
		t.Errorf("sections %v, expected %v", p.sections, want)
	}
	for _, id := range []string{"plot-raster", "plot-rates", "chart-isi", "results", "weights"} {
		if p.ids[id] != nil || strings.Contains(p.text, `href="#`+id) {
			t.Errorf("%s is there", id)
		}
	}
	if !strings.Contains(p.words, "No neuron fired.") {
		t.Error("the page does not say that no neuron fired")
	}
}

func TestNobodyFires(t *testing.T) {
	m := base("silent", 10)
	m.rates = []float64{0}
	p := parse(t, m.write(t, place(t, "silent")))
	if p.ids["plot-raster"] != nil || p.ids["plot-rates"] == nil || p.data.Variation != nil {
		t.Error("a raster or a CV of no spikes")
	}
}

// A run that was stopped before its first step has no span of time.
func TestNothingSimulated(t *testing.T) {
	m := base("stopped", 10)
	m.setDuration(0)
	m.run.Recorded = []record.Recording{}
	m.summary.Interrupted, m.summary.RealTimeFactor, m.summary.NsPerEvent = true, record.Number(math.Inf(1)), record.NaN
	p := parse(t, m.write(t, place(t, "nothing")))
	if p.data.Raster != nil || strings.Contains(p.words, "Inf") || strings.Contains(p.words, "NaN") {
		t.Errorf("%s", p.words)
	}
}

func TestOneNeuron(t *testing.T) {
	m := base("one", 1)
	m.rates = []float64{40}
	m.signals = []snn.GID{0}
	p := parse(t, m.write(t, place(t, "one")))
	if !strings.Contains(p.words, "1 neuron, 10 synapses") || p.data.Raster == nil || len(p.data.Signals.Marks[0]) != int(p.data.Raster.Shown) {
		t.Errorf("raster %+v, signals %+v", p.data.Raster, p.data.Signals)
	}
}

func TestCSV(t *testing.T) {
	m := base("csv", 40, 10)
	m.format = record.CSV
	m.synchrony = []string{"kappa"}
	p := parse(t, m.write(t, place(t, "csv")))
	if p.data.Raster == nil || p.data.Raster.Total != m.summary.Spikes || len(p.data.Synchrony.Series) != 2 {
		t.Errorf("%+v", p.data)
	}
}

func TestInterruptedFailedAndRunning(t *testing.T) {
	m := base("stopped", 40)
	m.summary.Interrupted = true
	if p := parse(t, m.write(t, place(t, "interrupted"))); !strings.Contains(p.words, "interrupted after 1 s of biological time") || p.data.Raster == nil {
		t.Error("an interrupted run is not called one, or its spikes are missing")
	}
	m = base("broken", 40)
	m.run.Status, m.run.Error = record.Failed, `the disk of /runs has only 3 MiB free <b>`
	dir := m.write(t, place(t, "failed"))
	if p := parse(t, dir); !strings.Contains(p.words, "This run failed: the disk of /runs has only 3 MiB free <b>.") {
		t.Error("a failed run is not called one")
	}
	must(t, os.Remove(filepath.Join(dir, record.SummaryFile)))
	if p := parse(t, dir); p.data.Raster == nil || !strings.Contains(p.words, "This run failed") || slices.Contains(p.sections, "results") {
		t.Error("without summary.json what is there is not shown")
	}
	dir = place(t, "running")
	_, err := record.Create(dir, record.Options{})
	must(t, err)
	if p := parse(t, dir); !strings.Contains(p.words, "has not ended") || len(p.sections) != 0 {
		t.Errorf("a run under way has sections %v", p.sections)
	}
}

// Names come from a model and may hold anything.
func TestHostileNames(t *testing.T) {
	hostile := `</script><script>document.documentElement.dataset.error='in'</script>"'&<!--` + "\u2028\x00" + strings.Repeat("long", 40)
	m := base("hostile", 30, 20)
	m.run.Model, m.run.Description, m.run.ModelText, m.run.ID = hostile, hostile, hostile, hostile
	m.run.Command = []string{"volley", "run", hostile}
	m.run.Populations[0].Name, m.run.Populations[0].Model = hostile, hostile
	m.run.Projections[0].Name, m.run.Projections[0].Rule, m.run.Projections[0].Layout = hostile, hostile, hostile
	m.run.Plan.Partitions[0].Ranges[0].Population, m.run.Plan.Partitions[0].Node = hostile, hostile
	m.run.WeightHistograms = []record.WeightHistogram{madeUpHistogram(hostile, 100, 0.4, 0.2, 0.8)}
	m.run.Phases = []record.Phase{{Name: hostile, Trials: 10, Accuracy: 0.5, MeanSpikes: 1}}
	m.synchrony = []string{hostile}
	images := madeUpFields(2)
	images["labels"], images["note"], images["unit"] = []string{hostile, hostile}, hostile, hostile
	m.summary.Results = map[string]any{hostile: images, "other" + hostile: map[string]any{hostile: hostile}, "list": []any{hostile, 1.5}, "finding": hostile}
	p := parse(t, m.write(t, place(t, "hostile")))
	if scripts := strings.Count(p.text, "<script"); scripts != 2 {
		t.Errorf("the page has %d scripts, expected the data and the program", scripts)
	}
	if got := p.data.Groups[0].Name; got != hostile {
		t.Errorf("the name became %q", got)
	}
	if strings.Contains(p.text, "dataset.error='in'</script>") {
		t.Error("a name is read as markup")
	}
}

// A run of many neurons, spikes, series, partitions and results stays small.
func TestHuge(t *testing.T) {
	if testing.Short() {
		t.Skip("a million spikes")
	}
	m := base("huge", 24_000, 16_000, 7)
	m.rates = []float64{12, 12, 30}
	m.synchrony = nil
	for k := range 120 {
		m.synchrony = append(m.synchrony, "measure "+string(rune('A'+k)))
	}
	for k := range 5000 {
		m.run.Plan.Partitions = append(m.run.Plan.Partitions, record.Partition{ID: k + 2, Neurons: 16, Synapses: int64(k)})
	}
	m.run.ModelText = strings.Repeat("# a long comment\n", 100_000)
	var long []any
	for k := range 100_000 {
		long = append(long, map[string]any{"seed": k, "accuracy": 0.5})
	}
	m.summary.Results = map[string]any{"sweep": long, "fields": madeUpFields(900)}
	p := parse(t, m.write(t, place(t, "huge")))
	r := p.data.Raster
	if r.Total < 400_000 || r.Shown > 300_000 || r.Shown < 200_000 || r.Rows[2] != 7 {
		t.Errorf("raster shows %d of %d spikes, rows %v", r.Shown, r.Total, r.Rows)
	}
	if !strings.Contains(p.words, "spikes: all those of") || !strings.Contains(p.words, "more partitions are in run.json") {
		t.Error("the page does not say what it leaves out")
	}
	if im := p.data.Images[0]; im.Shown != 400 || im.Total != 900 {
		t.Errorf("%d of %d images", im.Shown, im.Total)
	}
}

func TestPartlyRecorded(t *testing.T) {
	m := base("partly", 100, 50)
	m.rates = []float64{50, 50}
	m.run.Recorded = []record.Recording{{First: 10, End: 30, StartMs: 0, StopMs: 500}}
	p := parse(t, m.write(t, place(t, "partly")))
	if !strings.Contains(p.words, "Recorded were 20 of 100 neurons of E.") {
		t.Error("the page does not say what was recorded")
	}
	if g := p.data.Groups; g[0].Recorded != 20 || g[1].Recorded != 0 || p.data.Rates.Neurons[0] == nil {
		t.Errorf("%+v, %+v", g, p.data.Rates.Neurons)
	}
}

func TestManyPopulations(t *testing.T) {
	sizes := make([]int, 32)
	for k := range sizes {
		sizes[k] = 20
	}
	m := base("columns", sizes...)
	m.synchrony = []string{"kappa", "S"}
	p := parse(t, m.write(t, place(t, "columns")))
	if !strings.Contains(p.words, "neurons in 32 populations fire at") {
		t.Error("the finding does not sum up 32 populations")
	}
}

func TestArms(t *testing.T) {
	p := parse(t, armsRun().write(t, place(t, "arms")))
	for _, words := range []string{"The planted group is found with AUC 0.998 by ssdp (precision 0.98, recall 0.96), 0.512 by ssdp_shuffled and 1.000 by pairwise_kappa.", "ssdp_shuffled 0.5121 – 0.00", "AUC precision recall"} {
		if !strings.Contains(p.words, words) {
			t.Errorf("the page does not say %q", words)
		}
	}
}

func TestErrors(t *testing.T) {
	if _, err := Write(t.TempDir()); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "not a run's directory") {
		t.Errorf("an empty directory: %v", err)
	}
	for name, damage := range map[string]func(m *madeUp){
		"dt_ms":      func(m *madeUp) { m.run.DtMs = -1 },
		"duration":   func(m *madeUp) { m.setDuration(-5) },
		"population": func(m *madeUp) { m.run.Populations[1].First = 3 },
		"neurons":    func(m *madeUp) { m.run.Populations[1].End = math.MaxUint32 },
	} {
		m := base("damaged", 10, 5)
		m.rates = nil
		dir := m.write(t, filepath.Join(t.TempDir(), name))
		damage(m)
		text, err := json.Marshal(m.run)
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, record.RunFile), text, 0o666))
		if text, err = json.Marshal(m.summary); err != nil {
			t.Fatal(err)
		}
		must(t, os.WriteFile(filepath.Join(dir, record.SummaryFile), text, 0o666))
		if _, err := Write(dir); !errors.Is(err, record.ErrCorrupt) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := base("damaged", 10, 5)
	dir := m.write(t, filepath.Join(t.TempDir(), "spikes"))
	must(t, os.WriteFile(filepath.Join(dir, "spikes.parquet"), []byte("PAR1 no"), 0o666))
	if _, err := Write(dir); !errors.Is(err, record.ErrCorrupt) || !strings.Contains(err.Error(), "spikes.parquet") {
		t.Errorf("damaged spikes: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, record.ReportFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a damaged run has a report")
	}
}

// The bytes of images come through as they are.
func TestImagesOfNumbers(t *testing.T) {
	d := &plot.Data{}
	grid := []any{[]any{0.0, 1.0}, []any{2.0, nil}}
	index, _, ok := d.AddImages("x", map[string]any{"kind": "images", "rows": 2.0, "cols": 2.0, "images": []any{grid, []any{4.0, 4.0, 4.0, 4.0}}, "labels": []any{"a", 7.0}})
	if !ok || index != 0 {
		t.Fatal("not taken for images")
	}
	if raw, _ := base64.StdEncoding.DecodeString(d.Images[0].Pixels); !bytes.Equal(raw, []byte{0, 64, 128, 0, 255, 255, 255, 255}) {
		t.Errorf("pixels %v", raw)
	}
	if !slices.Equal(d.Images[0].Labels, []string{"a", "7"}) {
		t.Errorf("labels %v", d.Images[0].Labels)
	}
	for _, other := range []any{nil, 3.0, map[string]any{"images": []any{"no"}}, map[string]any{"kind": "images", "rows": 2.0, "cols": 2.0, "images": []any{[]any{1.0}}},
		map[string]any{"kind": "images", "rows": 1e9, "cols": 1e9, "images": []any{[]any{1.0}}}} {
		if _, _, ok := d.AddImages("x", other); ok {
			t.Errorf("%v taken for images", other)
		}
	}
}
