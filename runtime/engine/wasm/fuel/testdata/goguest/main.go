// Command goguest is a guest for tests and benchmarks: it grades a choice problem as a Go block does.
package main

import (
	"encoding/json"
	"strings"
	"unsafe"
)

type request struct {
	Title   string            `json:"title"`
	Choices []choice          `json:"choices"`
	Answer  []string          `json:"answer"`
	Context map[string]string `json:"context"`
}

type choice struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Correct bool   `json:"correct"`
}

type reply struct {
	Earned   float64           `json:"earned"`
	Possible float64           `json:"possible"`
	Parts    map[string]string `json:"parts"`
	Feedback string            `json:"feedback"`
}

var (
	in  = make([]byte, 1<<16)
	out []byte
)

//go:wasmexport in
func inAt() uint32 { return uint32(uintptr(unsafe.Pointer(&in[0]))) }

//go:wasmexport out
func outAt() uint32 { return uint32(uintptr(unsafe.Pointer(&out[0]))) }

//go:wasmexport grade
func grade(n uint32) uint32 {
	var req request
	if err := json.Unmarshal(in[:n], &req); err != nil {
		return 0
	}
	given := map[string]bool{}
	for _, a := range req.Answer {
		given[strings.TrimSpace(a)] = true
	}
	rep := reply{Parts: map[string]string{}, Feedback: strings.ToUpper(req.Title)}
	for _, c := range req.Choices {
		rep.Possible++
		if given[c.ID] == c.Correct {
			rep.Earned++
			rep.Parts[c.ID] = "correct"
		}
	}
	b, err := json.Marshal(rep)
	if err != nil {
		return 0
	}
	out = b
	return uint32(len(b))
}

//go:wasmexport spin
func spin(n uint32) uint32 {
	x := uint32(1)
	for range n {
		x = x*1664525 + 1013904223
	}
	return x
}

// deep recurses n calls deep, makes goroutines take turns, and grows its stack on the way.
//
//go:wasmexport deep
func deep(n uint32) uint32 {
	turns := make(chan uint32)
	go func() {
		for i := range n {
			turns <- recurse(i)
		}
		close(turns)
	}()
	var sum uint32
	for v := range turns {
		sum += v
	}
	return sum
}

func recurse(n uint32) uint32 {
	var pad [16]uint32
	for i := range pad {
		pad[i] = n + uint32(i)
	}
	if n == 0 {
		return pad[3]
	}
	return recurse(n-1) + pad[n%16]
}

func main() {}
