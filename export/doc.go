// Package export writes what a monitor recorded, or a recorded run holds, into files that other programs open.
package export
