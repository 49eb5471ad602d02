// Package bench measures what a machine does with volley: the inner loops, each
// alone, and whole models; with the machine's memory beside them, so that figures
// of two machines can be compared.
package bench
