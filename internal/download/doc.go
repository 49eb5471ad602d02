// Package download fetches public data sets, file by file, and keeps only what has the
// content that it is to have.
package download
