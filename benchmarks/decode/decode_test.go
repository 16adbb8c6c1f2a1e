package main

import "testing"

// TestDecoders: every decoder reads the same.
func TestDecoders(t *testing.T) {
	data, want := body()
	for _, d := range decoders() {
		if got, err := d.read(data); err != nil || got != want {
			t.Errorf("%s reads %d tokens of %d: %v", d.name, got, want, err)
		}
	}
}
