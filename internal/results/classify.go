package results

import (
	"fmt"
	"math"

	"github.com/volley-snn/volley/internal/engine"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/snn/kernel"
	"github.com/volley-snn/volley/snn/model"
	"github.com/volley-snn/volley/snn/state"
)

// Rule is how the spikes of a trial decide a class, by what the neurons did in
// the phase of labelling.
type Rule string

const (
	// Vote: each neuron has the class that it fired most for, and its spikes are votes.
	Vote Rule = "vote"
	// Mean: as Vote, a class's votes divided by the neurons that have it (Diehl
	// and Cook 2015).
	Mean Rule = "mean"
	// Posterior: naive Bayes over Poisson counts, each neuron's rates by class
	// smoothed by half a spike.
	Posterior Rule = "posterior"
)

// ClassificationResult is how well unseen items were told, as summary.json holds it.
type ClassificationResult struct {
	Accuracy  record.Number            `json:"accuracy"` // by Rule, the model's choice
	Rule      Rule                     `json:"rule"`
	ByRule    map[string]record.Number `json:"accuracy_by_rule"`
	Items     int                      `json:"items"`
	Silent    int                      `json:"silent"` // items for which no neuron fired: decided wrongly
	Labelled  int                      `json:"labelled_neurons"`
	Confusion [][]int                  `json:"confusion"` // [true class][decided class]
}

// String says it in one line.
func (r ClassificationResult) String() string {
	return fmt.Sprintf("accuracy %.2f %% of %d items by %s (vote %.2f, mean %.2f, posterior %.2f)", 100*float64(r.Accuracy), r.Items, r.Rule,
		100*float64(r.ByRule["vote"]), 100*float64(r.ByRule["mean"]), 100*float64(r.ByRule["posterior"]))
}

// classification labels neurons in one phase and decides items in another.
type classification struct {
	watched     *kernel.Population
	rule        Rule
	label, test int      // phases
	labels      [][]byte // by set
	classes     int

	counts []int64   // spikes of each neuron in the trial under way
	fired  []uint32  // neurons that fired in it
	rates  [][]int64 // [class][neuron] spikes in the phase of labelling
	shown  []int64   // items of each class in it

	reader *reader
	result ClassificationResult
	right  map[Rule]int
}

func newClassification(n *kernel.Network, r *model.Result) (finding, error) {
	if n.Protocol == nil {
		return nil, fmt.Errorf("type: classification needs a protocol with a phase that labels and one that tests")
	}
	watched := n.Watched
	if r.Population != "" {
		if watched = population(n, r.Population); watched == nil {
			return nil, fmt.Errorf("population: no population %q", r.Population)
		}
	}
	c := &classification{watched: watched, rule: Rule(r.Rule), label: -1, test: -1, right: map[Rule]int{}}
	for k, f := range n.Protocol.Phases {
		if f.Name == r.Label {
			c.label = k
		}
		if f.Name == r.Test {
			c.test = k
		}
	}
	if c.label < 0 {
		return nil, fmt.Errorf("label: no phase %q", r.Label)
	}
	if c.test <= c.label {
		return nil, fmt.Errorf("test: no phase %q after %q", r.Test, r.Label)
	}
	if err := c.labelled(n); err != nil {
		return nil, err
	}
	c.counts = make([]int64, c.watched.Size())
	c.shown = make([]int64, c.classes)
	for range c.classes {
		c.rates = append(c.rates, make([]int64, c.watched.Size()))
		c.result.Confusion = append(c.result.Confusion, make([]int, c.classes))
	}
	return c, nil
}

// labelled finds the labels of the sets that are shown in the two phases.
func (c *classification) labelled(n *kernel.Network) error {
	shown := population(n, n.Model.Protocol.Input)
	c.labels = make([][]byte, len(inputOf(n.Model, shown.Name).Sets))
	for _, phase := range []int{c.label, c.test} {
		k := n.Protocol.Phases[phase].SetNumber
		if c.labels[k] = shown.Labels(k); c.labels[k] == nil {
			return fmt.Errorf("label: the set %q of %s has no labels", n.Protocol.Phases[phase].Set, shown.Name)
		}
		for _, l := range c.labels[k] {
			c.classes = max(c.classes, int(l)+1)
		}
	}
	return nil
}

func (c *classification) Observe(m *engine.Moment) error {
	if m.Trial.Phase != c.label && m.Trial.Phase != c.test {
		return nil
	}
	for _, o := range m.Outputs {
		for _, g := range o.Spikes.GIDs {
			if c.watched.Range.Contains(g) {
				i := uint32(g - c.watched.Range.First)
				if c.counts[i] == 0 {
					c.fired = append(c.fired, i)
				}
				c.counts[i]++
			}
		}
	}
	if !m.Ended {
		return nil
	}
	if m.Counts {
		class := int(c.labels[m.Trial.Set][m.Trial.Item])
		if m.Trial.Phase == c.label {
			c.learn(class)
		} else {
			c.decide(class)
		}
	}
	for _, i := range c.fired {
		c.counts[i] = 0
	}
	c.fired = c.fired[:0]
	return nil
}

func (c *classification) learn(class int) {
	c.shown[class]++
	for _, i := range c.fired {
		c.rates[class][i] += c.counts[i]
	}
}

func (c *classification) decide(class int) {
	if c.reader == nil {
		c.reader = newReader(c.rates, c.shown)
	}
	c.result.Items++
	if len(c.fired) == 0 {
		c.result.Silent++
		return
	}
	for _, rule := range []Rule{Vote, Mean, Posterior} {
		decided := c.reader.decide(rule, c.fired, c.counts)
		if decided == class {
			c.right[rule]++
		}
		if rule == c.rule && decided >= 0 {
			c.result.Confusion[class][decided]++
		}
	}
}

// Save writes the counts and the decisions so far.
func (c *classification) Save(w *state.Writer) error {
	state.PutList(w, c.counts)
	state.PutList(w, c.fired)
	for _, rates := range c.rates {
		state.PutList(w, rates)
	}
	state.PutList(w, c.shown)
	w.Int(int64(c.result.Items))
	w.Int(int64(c.result.Silent))
	for _, decided := range c.result.Confusion {
		for _, n := range decided {
			w.Int(int64(n))
		}
	}
	for _, rule := range []Rule{Vote, Mean, Posterior} {
		w.Int(int64(c.right[rule]))
	}
	return nil
}

// Load reads what Save wrote. What the neurons stand for follows from the counts of
// the phase that labels, which is over when it is asked for.
func (c *classification) Load(r *state.Reader) error {
	list := func(x []int64) {
		got := state.GetList[int64](r)
		if r.Err() == nil && len(got) != len(x) {
			r.Fail("%d counts of a classification, expected %d", len(got), len(x))
		}
		copy(x, got)
	}
	list(c.counts)
	c.fired = state.GetList[uint32](r)
	for _, i := range c.fired {
		if int(i) >= len(c.counts) {
			r.Fail("neuron %d of %d", i, len(c.counts))
		}
	}
	for _, rates := range c.rates {
		list(rates)
	}
	list(c.shown)
	c.result.Items, c.result.Silent = int(r.Int()), int(r.Int())
	for _, decided := range c.result.Confusion {
		for k := range decided {
			decided[k] = int(r.Int())
		}
	}
	for _, rule := range []Rule{Vote, Mean, Posterior} {
		c.right[rule] = int(r.Int())
	}
	if c.result.Items > 0 {
		c.reader = newReader(c.rates, c.shown)
	}
	return r.Err()
}

func (c *classification) finish(engine.Simulation) (any, error) {
	r := c.result
	r.Rule, r.ByRule = c.rule, map[string]record.Number{}
	for _, rule := range []Rule{Vote, Mean, Posterior} {
		r.ByRule[string(rule)] = record.Number(float64(c.right[rule]) / float64(r.Items))
	}
	r.Accuracy = r.ByRule[string(c.rule)]
	if c.reader != nil {
		for _, l := range c.reader.label {
			if l >= 0 {
				r.Labelled++
			}
		}
	}
	return r, nil
}

// reader decides classes from what labelling counted.
type reader struct {
	label []int       // class of each neuron; -1 where it never fired
	of    []float64   // neurons of each class
	log   [][]float64 // [class][neuron] log of the expected count of an item
	bias  []float64   // [class] minus the sum of expected counts
}

func newReader(rates [][]int64, shown []int64) *reader {
	classes, neurons := len(rates), len(rates[0])
	r := &reader{label: make([]int, neurons), of: make([]float64, classes), bias: make([]float64, classes)}
	for class := range classes {
		row := make([]float64, neurons)
		for i := range row {
			expected := (float64(rates[class][i]) + 0.5) / (float64(shown[class]) + 1)
			row[i] = math.Log(expected)
			r.bias[class] -= expected
		}
		r.log = append(r.log, row)
	}
	for i := range neurons {
		best, most := -1, 0.0
		for class := range classes {
			if mean := float64(rates[class][i]) / float64(max(shown[class], 1)); mean > most {
				best, most = class, mean
			}
		}
		if r.label[i] = best; best >= 0 {
			r.of[best]++
		}
	}
	return r
}

// decide is the class with the highest score, the first of equals; -1 where only
// neurons without a label fired.
func (r *reader) decide(rule Rule, fired []uint32, counts []int64) int {
	scores := make([]float64, len(r.bias))
	if rule == Posterior {
		copy(scores, r.bias)
		for class := range scores {
			for _, i := range fired {
				scores[class] += float64(counts[i]) * r.log[class][i]
			}
		}
		return best(scores, math.Inf(-1))
	}
	for _, i := range fired {
		if l := r.label[i]; l >= 0 {
			scores[l] += float64(counts[i])
		}
	}
	if rule == Mean {
		for class := range scores {
			scores[class] /= max(r.of[class], 1)
		}
	}
	return best(scores, 0)
}

// best is the index of the largest score above low, or -1.
func best(scores []float64, low float64) int {
	at := -1
	for k, s := range scores {
		if s > low {
			at, low = k, s
		}
	}
	return at
}
