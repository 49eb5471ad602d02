package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/volley-snn/volley/internal/download"
	"github.com/volley-snn/volley/internal/record"
	"github.com/volley-snn/volley/internal/sweep"
	"github.com/volley-snn/volley/internal/training"
	"github.com/volley-snn/volley/snn/dataset"
	"github.com/volley-snn/volley/snn/model"
)

// trainFlags are what `volley train` is told beside the model.
type trainFlags struct {
	set                 []string
	seed                uint64
	epochs, until       int
	threads             int
	out, data           string
	json, quiet, resume bool
	maxMemory           int64
	cluster, config     string
	localNodes          int
	nodes               []string
}

func trainCommand() *cobra.Command {
	var f trainFlags
	c := &cobra.Command{
		Use: "train MODEL", Short: "Train a network with labels: a file, or example:NAME", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("seed") {
				f.set = append(f.set, fmt.Sprintf("seed=%d", f.seed))
			}
			if c.Flags().Changed("epochs") {
				f.set = append(f.set, fmt.Sprintf("epochs=%d", f.epochs))
			}
			if err := f.check(); err != nil {
				return err
			}
			return trainModel(c.Context(), args[0], f)
		},
	}
	fl := c.Flags()
	fl.StringArrayVar(&f.set, "set", nil, "change the model: path=value, or a parameter's name=value; may be repeated")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of weights, order and encoding")
	fl.IntVar(&f.epochs, "epochs", 0, "epochs of the training; schedules end there")
	fl.IntVar(&f.until, "until", 0, "stop after so many epochs of those: --resume goes on")
	fl.IntVar(&f.threads, "threads", 0, "cores to use (default: all); never changes a result")
	fl.StringVar(&f.out, "out", "", "directory of the training's files (default: runs/NAME)")
	fl.StringVar(&f.data, "data", "", "directory of data files that are not beside the model")
	fl.BoolVar(&f.resume, "resume", false, "go on with the training in the directory")
	fl.BoolVar(&f.json, "json", false, "print summary.json on standard output, and nothing else")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress")
	fl.Int64Var(&f.maxMemory, "max-memory", 0, "most bytes of memory that the training may take (default: what the machine has available)")
	fl.StringVar(&f.cluster, "cluster", "", "let the nodes of a cluster compute the gradients: HOST:PORT of one of them, or nats://HOST:PORT; never changes a result")
	fl.StringVar(&f.config, "config", "", "with --cluster: configuration with the cluster's keys, of volley cluster init")
	fl.StringSliceVar(&f.nodes, "node", nil, "with --cluster: a node to use; may be repeated (default: all, up to the model's shards)")
	fl.IntVar(&f.localNodes, "local-nodes", 0, "the same on N node processes, started on this machine for this training")
	return c
}

func (f trainFlags) check() error {
	if f.threads < 0 {
		return usageError{fmt.Errorf("--threads: must be at least 1, or 0 for the default, is %d", f.threads)}
	}
	if f.until < 0 {
		return usageError{fmt.Errorf("--until: must be at least 1, or 0 for all epochs, is %d", f.until)}
	}
	if f.seed > maxSeed {
		return usageError{fmt.Errorf("--seed: must be at most %d, is %d", uint64(maxSeed), f.seed)}
	}
	return f.checkNodes()
}

func trainModel(ctx context.Context, arg string, f trainFlags) error {
	m, files, err := resolveTraining(arg, f.data, model.Options{Set: f.set})
	if err != nil {
		return err
	}
	d, err := loadFitting(m, files, newMemory(f.maxMemory))
	if err != nil {
		return err
	}
	if f.out, err = outOf(f.out, m.Name); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(f.out, sweep.TableFile)); err == nil {
		return usageError{fmt.Errorf("%s holds an experiment of volley sweep: --out DIR puts the training elsewhere", f.out)}
	}
	release, err := record.Lock(f.out)
	if err != nil {
		return usageError{err}
	}
	defer release()
	begin := training.New
	if f.resume {
		begin = training.Resume
	}
	s, err := begin(m, d, f.out, training.Workers(threads(f.threads)))
	if err != nil {
		return usageError{err}
	}
	show := &trainProgress{quiet: f.quiet, terminal: term.IsTerminal(int(os.Stderr.Fd())), last: time.Now(), epochs: m.Epochs, validation: m.Data.Validation > 0}
	s.Observe = show.observe
	until := m.Epochs
	if f.until > 0 {
		until = f.until
	}
	if f.cluster != "" || f.localNodes > 0 {
		end, err := f.onNodes(ctx, s, d.Pixels, show)
		if err != nil {
			return err
		}
		defer end()
	}
	err = s.Run(ctx, until)
	show.end()
	if len(s.Epochs) > 0 { // what was learned is written, whatever stopped it
		if wrong := s.Finish(); err == nil {
			err = wrong
		}
	}
	if err != nil {
		return goesOn(err, s)
	}
	if doubt := s.Doubt(); doubt != "" {
		fmt.Fprintln(os.Stderr, "volley:", doubt)
	}
	return showTraining(f, s)
}

// outOf is the directory to write to: one that is called by a name where none is said.
func outOf(said, name string) (string, error) {
	if said != "" {
		return said, nil
	}
	if filepath.Base(name) != name || name == "." || !filepath.IsLocal(name) {
		return "", usageError{fmt.Errorf("the name %q cannot be a directory's: say --out DIR", name)}
	}
	return filepath.Join("runs", name), nil
}

// loadFitting loads the data of a training that fits into memory. What its data do not
// have to be read for is refused before.
func loadFitting(m *model.Training, files fs.FS, memory memory) (*training.Data, error) {
	if t := &m.Data.Task; t.Model != "none" {
		if err := memory.checkTraining(m, t.Neurons); err != nil {
			return nil, err
		}
	}
	d, err := training.Load(m, files)
	if err != nil {
		return nil, fetchable(err)
	}
	return d, memory.checkTraining(m, d.Pixels)
}

// fetchable says of a file that is missing or damaged how it can be had.
func fetchable(err error) error {
	var file *dataset.Error
	if !errors.As(err, &file) {
		return err
	}
	folder, _, _ := strings.Cut(file.File, "/")
	if download.Named(folder) == nil {
		return err
	}
	return fmt.Errorf("%w; volley data get %s --data DIR fetches it, volley train --data DIR reads it there", err, folder)
}

func showTraining(f trainFlags, s *training.Session) error {
	o := s.Summary()
	if f.json {
		text, err := json.MarshalIndent(o, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Println(string(text))
		return err
	}
	_, err := fmt.Printf("%s: %d of %d epochs, accuracy %.2f %%, loss %.4f, rate %.4f spikes a neuron and tick, kappa %.4f, %d neurons never active\nweights %s\n",
		o.Model, o.Epochs, o.Of, 100*float64(o.Accuracy), float64(o.Loss), float64(o.Rate), float64(o.Kappa), o.NeverActive, o.WeightHash[:16])
	fmt.Fprintln(os.Stderr, "the training's files are in", s.Dir)
	return err
}

// threads is how many cores to use.
func threads(asked int) int {
	if asked > 0 {
		return asked
	}
	return runtime.GOMAXPROCS(0)
}

// trainProgress shows how far a training is: a line an epoch, and between them one
// that is rewritten on a terminal, or comes every few seconds elsewhere.
type trainProgress struct {
	mutex                              sync.Mutex // notes come from elsewhere
	quiet, terminal, shown, validation bool
	last                               time.Time
	epochs                             int
}

func (p *trainProgress) observe(epoch, batch, batches int, done *training.Epoch) {
	if p.quiet {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if done != nil {
		p.clear()
		what := "test"
		if p.validation {
			what = "validation"
		}
		fmt.Fprintf(os.Stderr, "epoch %d/%d: loss %.4f, accuracy %.2f %%, %s %.2f %%, rate %.4f, kappa %.4f, %.1f s\n", epoch+1, p.epochs, float64(done.Loss), 100*float64(done.Accuracy),
			what, 100*float64(done.TestAccuracy), float64(done.Rate), float64(done.Kappa), done.WallS)
		return
	}
	every := 10 * time.Second
	if p.terminal {
		every = 200 * time.Millisecond
	}
	if time.Since(p.last) < every {
		return
	}
	p.last = time.Now()
	line := fmt.Sprintf("epoch %d/%d: batch %d of %d", epoch+1, p.epochs, batch, batches)
	if p.terminal {
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s", line)
		p.shown = true
		return
	}
	fmt.Fprintln(os.Stderr, line)
}

// end ends the showing.
func (p *trainProgress) end() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.clear()
}

// clear clears the line.
func (p *trainProgress) clear() {
	if p.shown {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
		p.shown = false
	}
}
