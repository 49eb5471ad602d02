// Command gen writes the assembly of package row: go generate ./snn/ssdp/row.
package main

import (
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	ConstraintExpr("amd64")
	(&pass{name: "passHard"}).write()
	(&pass{name: "passSoft", soft: true}).write()
	(&pass{name: "passHard16", narrow: true}).write()
	(&pass{name: "passSoft16", soft: true, narrow: true}).write()
	Generate()
}
