// Command gen writes the assembly of package random. It is a module of its
// own, so that the simulator does not depend on avo.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("amd64")
	normals()
	quanta()
	Generate()
}
