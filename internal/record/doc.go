// Package record writes and reads the directory of a run.
//
//	run.json             what was run: model, versions, seeds, plan, hashes, timings ([Run])
//	summary.json         what came out of it; written last, so its presence means "done" ([Summary])
//	spikes.parquet       time_ms double, gid uint64, population string ([SpikeWriter])
//	synchrony.parquet    time_ms double, window uint64, scope, measure string, value double ([SynchronyWriter])
//	signals.parquet      time_ms double, gid uint64, variable string, value double ([SignalWriter])
//	weights/P.source.npy, P.target.npy, P.<time>ms.npy    ([Dir.Synapses], [Dir.Weights])
//	report.html          made later, by internal/report
//
// Each table may be a .csv instead, with one header line and the same columns.
// Times are ms as float64, GIDs uint64, names as in the model. Tables are long:
// one observation a row, which is what pandas and polars group and pivot best.
//
// Nothing in a run's directory is ever half written: files grow under a hidden
// temporary name, are fsynced, and get their name when they are complete.
//
// A [Dir] and its writers belong to one goroutine.
package record
