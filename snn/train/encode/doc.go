// Package encode makes spikes of images, the same for a sample, epoch and seed
// whoever asks.
package encode
