package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// scatter adds the values of entries to their neurons' sums, two entries a load.
// It has no vectors: what it saves on the compiler is a third of the
// instructions, of which the loop is bound.
func scatter() {
	const name = "scatterPairs"
	TEXT(name, NOSPLIT, "func(sum *int64, values *int32, entries *uint32, n int)")
	Pragma("noescape")
	Doc(name + " adds values[state] to sum[neuron] for n entries, an even number.")
	sum, values, entries, n := argument("sum"), argument("values"), argument("entries"), argument("n")
	LEAQ(Mem{Base: entries, Index: n, Scale: 4}, entries)
	NEGQ(n)
	JZ(LabelRef(name + "_end"))

	Label(name + "_loop")
	both, neuron, state, value := GP64(), GP64(), GP64(), GP64()
	MOVQ(Mem{Base: entries, Index: n, Scale: 4}, both)
	MOVWLZX(both.As16(), neuron.As32())
	SHRQ(U8(16), both)
	MOVWLZX(both.As16(), state.As32())
	MOVLQSX(Mem{Base: values, Index: state, Scale: 4}, value)
	ADDQ(value, Mem{Base: sum, Index: neuron, Scale: 8})
	SHRQ(U8(16), both)
	MOVWLZX(both.As16(), neuron.As32())
	SHRQ(U8(16), both)
	MOVLQSX(Mem{Base: values, Index: both, Scale: 4}, value)
	ADDQ(value, Mem{Base: sum, Index: neuron, Scale: 8})
	ADDQ(U8(2), n)
	JNZ(LabelRef(name + "_loop"))

	Label(name + "_end")
	RET()
}
