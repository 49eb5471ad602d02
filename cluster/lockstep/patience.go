package lockstep

// wait begins to wait for the next step's payloads and for credit.
func (m *Machine) wait(now int64) {
	m.asked = now
	m.asking = min(max(m.c.AskAfter*m.smoothedNs, m.c.AskFloorNs), m.c.AskCeilingNs)
}

// onTicked asks for what has been waited for too long.
func (m *Machine) onTicked(now int64) {
	if !m.started || m.computing || m.Finished() {
		return
	}
	if now-m.asked >= m.asking {
		m.asked, m.asking = now, min(2*m.asking, m.c.AskCeilingNs)
		m.lookFor(now)
	}
	if now-m.said >= m.c.LateNs {
		m.said = now
		m.late(now)
	}
}

// lookFor asks for each payload that is missing, and else for what holds us back.
func (m *Machine) lookFor(now int64) {
	if !m.ended && m.starved() {
		for k := range m.c.Sources {
			if m.missing(m.needed(), k) {
				m.ask(now, k)
			}
		}
		return
	}
	if !m.ended && !m.blocked() {
		return
	}
	for k, p := range m.c.Consumers {
		if m.holdsBack(k) {
			m.stats.Probes++
			m.do(Effect{Kind: Probe, Peer: p})
		}
	}
}

// holdsBack: we wait for this consumer.
func (m *Machine) holdsBack(k int) bool {
	switch {
	case m.ended:
		return m.acked[k] < m.next-1-m.lagOf(k)
	case m.next-m.acked[k] > Step(m.c.Credit):
		return true
	}
	return m.held > 0 && m.c.Consumers[k] == m.c.Recorder && m.acked[k] < m.held
}

func (m *Machine) ask(now int64, source int) {
	m.stats.Asks++
	m.asked = now
	m.do(Effect{Kind: Ask, Peer: m.c.Sources[source], Step: m.needed() + m.aheadOf(source)})
}

// late says whom we wait for.
func (m *Machine) late(now int64) {
	for k, p := range m.c.Sources {
		if !m.ended && m.starved() && m.missing(m.needed(), k) {
			m.do(Effect{Kind: Late, Peer: p, Step: m.needed() + m.aheadOf(k), WaitedNs: now - m.since})
		}
	}
	for k, p := range m.c.Consumers {
		if !m.ended && m.blocked() && m.holdsBack(k) {
			m.do(Effect{Kind: Late, Peer: p, Step: m.acked[k] + 1, WaitedNs: now - m.since})
		}
	}
}
