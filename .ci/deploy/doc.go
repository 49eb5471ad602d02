// Package deploy checks the files of the folder deploy against the formats that they
// are in. It is a module of its own, so that those formats' libraries are not
// volley's.
package deploy
