package model

// connection is a projection with all defaults, called source_target.
func connection(rule, source, target string, weight, delay Value) Projection {
	p := New[Projection]()
	p.Name, p.Source, p.Target, p.Rule, p.Weight, p.Delay = source+"_"+target, source, target, rule, weight, delay
	return p
}

// OneToOne connects neuron i of source to neuron i of target. The delay is in ms
// and the weight in the receptor's unit, here and below; the projection is called
// source_target, and any field may be set afterwards.
func OneToOne(source, target string, weight, delay Value) Projection {
	return connection("one_to_one", source, target, weight, delay)
}

// AllToAll connects every pair.
func AllToAll(source, target string, weight, delay Value) Projection {
	return connection("all_to_all", source, target, weight, delay)
}

// FixedIndegree gives each target a number of sources.
func FixedIndegree(source, target string, indegree int, weight, delay Value) Projection {
	p := connection("fixed_indegree", source, target, weight, delay)
	p.Indegree = indegree
	return p
}

// FixedOutdegree gives each source a number of targets.
func FixedOutdegree(source, target string, outdegree int, weight, delay Value) Projection {
	p := connection("fixed_outdegree", source, target, weight, delay)
	p.Outdegree = outdegree
	return p
}

// FixedTotalNumber makes n synapses.
func FixedTotalNumber(source, target string, n int, weight, delay Value) Projection {
	p := connection("fixed_total_number", source, target, weight, delay)
	p.N = n
	return p
}

// PairwiseBernoulli connects each pair with chance p.
func PairwiseBernoulli(source, target string, p float64, weight, delay Value) Projection {
	c := connection("pairwise_bernoulli", source, target, weight, delay)
	c.P = p
	return c
}
