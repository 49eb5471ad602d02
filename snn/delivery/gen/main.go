// Command gen writes the assembly of package delivery. It is a module of its
// own, so that the simulator does not depend on avo.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	list()
	for _, width := range []int{4, 5, 6} {
		packed(width)
	}
	bits(4)
	bits(8)
	Generate()
}
