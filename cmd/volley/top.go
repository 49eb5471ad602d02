package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/volley-snn/volley/actors"
	"github.com/volley-snn/volley/messages/control"
)

// topEvery is how often volley top looks.
const topEvery = time.Second

func topCommand() *cobra.Command {
	var f clusterFlags
	var times int
	c := f.command("top", "Watch the nodes and runs of a cluster", cobra.NoArgs, func(ctx context.Context, caller *actors.Caller, _ []string) error {
		t := &top{ctx: ctx, caller: caller, cluster: f.cluster}
		if times > 0 || !term.IsTerminal(int(os.Stdout.Fd())) {
			return t.lines(times)
		}
		_, err := tea.NewProgram(t, tea.WithContext(ctx)).Run()
		if t.failed != nil {
			err = t.failed
		}
		return err
	})
	c.Flags().IntVar(&times, "times", 0, "print what is seen that many times, a second apart, as lines")
	return c
}

// top is what volley top shows. It is a tea.Model.
type top struct {
	ctx     context.Context
	caller  *actors.Caller
	cluster string

	before map[string]*control.Load // of run and node, when we looked last
	text   string
	failed error
}

// seen is what a look brought.
type seen struct {
	nodes []*control.Reply
	runs  []*control.RunStatus
	at    time.Time
	err   error
}

func (t *top) look() seen {
	s := seen{at: time.Now()}
	if s.nodes, s.err = t.caller.Nodes(t.ctx); s.err == nil {
		s.runs, s.err = t.caller.Runs(t.ctx)
	}
	return s
}

// lines prints looks one below the other.
func (t *top) lines(times int) error {
	for k := 0; times <= 0 || k < times; k++ {
		if k > 0 {
			select {
			case <-time.After(topEvery):
			case <-t.ctx.Done():
				return t.ctx.Err()
			}
		}
		s := t.look()
		if s.err != nil {
			return s.err
		}
		t.take(s)
		if _, err := fmt.Println(t.text); err != nil {
			return err
		}
	}
	return nil
}

// Init implements tea.Model.
func (t *top) Init() tea.Cmd { return func() tea.Msg { return t.look() } }

// Update implements tea.Model.
func (t *top) Update(m tea.Msg) (tea.Model, tea.Cmd) {
	switch m := m.(type) {
	case seen:
		if t.failed = m.err; t.failed != nil {
			return t, tea.Quit
		}
		t.take(m)
		return t, tea.Tick(topEvery, func(time.Time) tea.Msg { return t.look() })
	case tea.KeyPressMsg:
		if key := m.String(); key == "q" || key == "esc" || key == "ctrl+c" {
			return t, tea.Quit
		}
	}
	return t, nil
}

// View implements tea.Model.
func (t *top) View() tea.View {
	v := tea.NewView(t.text + "\nq quits")
	v.AltScreen = true
	return v
}

// take words what was seen.
func (t *top) take(s seen) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s: %d nodes, %d runs\n", s.at.Format(time.TimeOnly), t.cluster, len(s.nodes), len(s.runs))
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "NODE\tTHREADS\tMEMORY\tUSED\tRUNS")
	for _, r := range s.nodes {
		st := r.GetNodeStatus()
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%d\n", st.Name, st.Threads, size(st.MemoryBytes), size(st.MemoryUsedBytes), len(st.Runs))
	}
	_ = w.Flush()
	loads := map[string]*control.Load{}
	for _, r := range s.runs {
		if r.State == control.State_STATE_PREPARING || r.State == control.State_STATE_RUNNING {
			t.run(&b, r, loads)
		}
	}
	t.before, t.text = loads, b.String()
}

// run words a run that is under way. Shares of time are those since the last look.
func (t *top) run(b *strings.Builder, r *control.RunStatus, loads map[string]*control.Load) {
	fmt.Fprintf(b, "\n%s  %s, %.1f %%, %.6g ms, %.2f x real time, %d spikes", r.Run, stateWord(r.State), 100*r.Done, r.TimeMs, r.RealTimeFactor, r.Spikes)
	for _, name := range sortedNames(r.Synchrony) {
		fmt.Fprintf(b, "  kappa %s %.4f", name, r.Synchrony[name])
	}
	fmt.Fprintln(b)
	if text := injectedText(r.Injection); text != "" {
		fmt.Fprintf(b, "  %s\n", text)
	}
	first := int64(0)
	for _, n := range r.Nodes {
		first = max(first, n.Step)
	}
	w := tabwriter.NewWriter(b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "  NODE\tSTEP\tLAG\tCOMPUTES\tEXCHANGES\tWAITS\tBLOCKED\tSENT\tASKS\tSILENT")
	nodes := slices.Clone(r.Nodes)
	slices.SortFunc(nodes, func(a, b *control.NodeProgress) int { return strings.Compare(a.Name, b.Name) })
	for _, n := range nodes {
		key := r.Run + " " + n.Name
		l, was := n.GetLoad(), t.before[key]
		loads[key] = l
		spent := []int64{l.GetComputeNs() - was.GetComputeNs(), l.GetEncodeNs() - was.GetEncodeNs(), l.GetWaitNs() - was.GetWaitNs(), l.GetBlockedNs() - was.GetBlockedNs()}
		fmt.Fprintf(w, "  %s\t%d\t%d%s\t%s\t%d\t%d ms\n", n.Name, n.Step, first-n.Step, shares(spent), size(l.GetBytesSent()), l.GetAsks(), n.SilentMs)
	}
	_ = w.Flush()
}

// shares is each part of the whole in percent.
func shares(spent []int64) (text string) {
	whole := int64(0)
	for _, ns := range spent {
		whole += ns
	}
	for _, ns := range spent {
		if whole <= 0 {
			text += "\t-"
			continue
		}
		text += fmt.Sprintf("\t%.0f %%", 100*float64(ns)/float64(whole))
	}
	return text
}
