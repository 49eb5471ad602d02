// Package loss has what training makes small, with gradients.
package loss
