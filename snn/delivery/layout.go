package delivery

// Layout is how the synapses of a static projection are stored.
type Layout string

// The layouts; Auto lets Choose decide.
const (
	Auto       Layout = "auto"
	List       Layout = "list"
	Packed     Layout = "packed"
	Bitmap     Layout = "bitmap"
	Procedural Layout = "procedural"
)
