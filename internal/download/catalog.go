package download

import "slices"

// Set is a data set: a folder of files.
type Set struct {
	Name    string // of the folder, too
	What    string
	Licence string
	From    string // where its files lie: a URL that a file's name is joined to
	Files   []File
}

// File is a gzipped file. Its checksum is of what it unpacks to, so that who packed it
// does not matter.
type File struct {
	Name   string
	Bytes  int64  // unpacked
	SHA256 string // of that, in hexadecimal
}

// Sets are the data sets that are known.
var Sets = []Set{
	{
		Name: "fashion-mnist", What: "70,000 grey images of clothes in 10 classes, 28 x 28", Licence: "MIT, Zalando SE",
		From: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
		Files: []File{
			{"train-images-idx3-ubyte.gz", 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
			{"train-labels-idx1-ubyte.gz", 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
			{"t10k-images-idx3-ubyte.gz", 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
			{"t10k-labels-idx1-ubyte.gz", 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
		},
	},
	{
		Name: "mnist", What: "70,000 grey images of digits, 28 x 28", Licence: "LeCun, Cortes and Burges; usually given as CC BY-SA 3.0",
		From: "https://storage.googleapis.com/cvdf-datasets/mnist/",
		Files: []File{
			{"train-images-idx3-ubyte.gz", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
			{"train-labels-idx1-ubyte.gz", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
			{"t10k-images-idx3-ubyte.gz", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
			{"t10k-labels-idx1-ubyte.gz", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
		},
	},
}

// Named is the set of a name; nil where there is none.
func Named(name string) *Set {
	if k := slices.IndexFunc(Sets, func(s Set) bool { return s.Name == name }); k >= 0 {
		return &Sets[k]
	}
	return nil
}
