package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/volley-snn/volley/internal/record"
)

// warning says what is wrong with a run, or nothing.
func warning(run *record.Run, summary *record.Summary) string {
	switch {
	case run.Status == record.Failed:
		why := strings.TrimSuffix(run.Error, ".")
		if why == "" {
			why = "run.json does not say why"
		}
		return "This run failed: " + why + ". What follows is what it left."
	case summary != nil && summary.Interrupted || run.Status == record.Interrupted:
		return fmt.Sprintf("This run was interrupted after %s of biological time. Every figure is of that span.", span(run.DurationMs))
	case run.Status == record.Running:
		return "This run has not ended: it is under way, or it was killed before it could write its results."
	case summary == nil:
		return "This run left no summary.json, so its figures are missing."
	}
	return ""
}

// finding is what the run found, in one sentence: a result where the model asks for
// one, else how the populations fire.
func finding(run *record.Run, summary *record.Summary) string {
	if summary == nil {
		return ""
	}
	if text, ok := summary.Results["finding"].(string); ok && text != "" {
		return text
	}
	if text := decided(summary.Results); text != "" {
		return text
	}
	if text := detected(summary.Results); text != "" {
		return text
	}
	return activity(run, summary)
}

// decided looks for a classification.
func decided(all map[string]any) string {
	for _, name := range append([]string{""}, names(all)...) {
		fields := all
		if name != "" {
			fields, _ = all[name].(map[string]any)
		}
		accuracy, ok := fields["accuracy"].(float64)
		if !ok {
			continue
		}
		text := fmt.Sprintf("The network decides %.1f %% of the items rightly", 100*accuracy)
		if items, ok := fields["items"].(float64); ok {
			text = fmt.Sprintf("The network decides %.1f %% of %s items rightly", 100*accuracy, count(int64(items)))
		}
		if classes, ok := fields["confusion"].([]any); ok && len(classes) > 1 {
			text += fmt.Sprintf("; guessing among %d classes gives %.3g %%", len(classes), 100/float64(len(classes)))
		}
		return text + "."
	}
	return ""
}

// detected looks for groups that were to be found.
func detected(all map[string]any) string {
	var found []string
	order := names(all)
	// What compares pairs is a mark that others are held against.
	slices.SortStableFunc(order, func(a, b string) int { return strings.Count(a, "pairwise") - strings.Count(b, "pairwise") })
	for _, name := range order {
		fields, _ := all[name].(map[string]any)
		auc, ok := fields["auc"].(float64)
		if !ok {
			continue
		}
		text := fmt.Sprintf("%.3f by %s", auc, name)
		if precision, ok := fields["precision"].(float64); ok && len(found) == 0 {
			if recall, ok := fields["recall"].(float64); ok {
				text += fmt.Sprintf(" (precision %.2f, recall %.2f)", precision, recall)
			}
		}
		if found = append(found, text); len(found) == 4 {
			break
		}
	}
	if len(found) == 0 {
		return ""
	}
	return "The planted group is found with AUC " + list(found) + "."
}

func names(all map[string]any) (out []string) {
	for name := range all {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// activity says how the neurons fire.
func activity(run *record.Run, summary *record.Summary) string {
	var each []string
	low, high, neurons := math.Inf(1), math.Inf(-1), int64(0)
	for _, p := range run.Populations {
		s, ok := summary.Populations[p.Name]
		if !ok || p.Input || !s.RateHz.Defined() {
			continue
		}
		neurons += p.Size()
		rate := float64(s.RateHz)
		low, high = min(low, rate), max(high, rate)
		text := fmt.Sprintf("%s fires at %s Hz", p.Name, digits(rate, 3))
		if len(each) > 0 {
			text = fmt.Sprintf("%s at %s Hz", p.Name, digits(rate, 3))
		}
		if s.CVISI.Defined() {
			text += fmt.Sprintf(" with an ISI CV of %.2f", float64(s.CVISI))
		}
		each = append(each, text)
	}
	switch {
	case summary.Spikes == 0:
		return "No neuron fired."
	case len(each) == 0:
		return plural(summary.Spikes, "spike was", "spikes were") + " recorded."
	case high == 0 && summary.Spikes > 0:
		return "No neuron fired after the discarded start."
	case len(each) > 3:
		return fmt.Sprintf("%s in %d populations fire at %s to %s Hz.", plural(neurons, "neuron", "neurons"), len(each), digits(low, 3), digits(high, 3))
	}
	return list(each) + "."
}

// setting says what was run, in one sentence.
func setting(run *record.Run, summary *record.Summary) string {
	if run.Model == "" {
		return ""
	}
	var neurons, sources, synapses int64
	groups := 0
	for _, p := range run.Populations {
		if p.Input {
			sources += p.Size()
		} else {
			neurons += p.Size()
			groups++
		}
	}
	for _, p := range run.Projections {
		synapses += p.Synapses
	}
	text := plural(neurons, "neuron", "neurons")
	if groups > 1 {
		text += fmt.Sprintf(" in %d populations", groups)
	}
	if sources > 0 {
		text += " and " + plural(sources, "spike source", "spike sources")
	}
	if synapses > 0 {
		text += ", " + plural(synapses, "synapse", "synapses")
	}
	text += fmt.Sprintf("; %s of biological time in steps of %s", span(run.DurationMs), span(run.DtMs))
	if run.DiscardMs > 0 {
		text += fmt.Sprintf(", of which statistics leave out the first %s", span(run.DiscardMs))
	}
	if summary != nil && summary.Partitions > 0 {
		text += fmt.Sprintf("; cut into %s", plural(int64(summary.Partitions), "partition", "partitions"))
		if summary.Nodes > 1 {
			text += fmt.Sprintf(" on %d nodes", summary.Nodes)
		}
	}
	return text + "."
}
