package acid

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// list is rows.json: the rows of each page, by groups. Both editions of this block have the same.
//
//go:embed rows.json
var list []byte

// Row is one promise.
type Row struct {
	ID string `json:"id"`
	// Section is that of the contract which promises it.
	Section string `json:"section"`
	// By says who checks: the block's own code (server), its script (browser), or the form and the view after it (form).
	By string `json:"by"`
	// Only names where alone it can be asked: in a frame, on the page itself (page), or in the sandbox.
	Only string `json:"only,omitempty"`
}

// Group is some rows with a title.
type Group struct {
	Group string `json:"group"`
	Rows  []Row  `json:"rows"`
}

var rows = func() map[string][]Group {
	var all map[string][]Group
	if err := json.Unmarshal(list, &all); err != nil {
		panic(fmt.Sprintf("acid: rows.json: %v", err)) // a defect of the build
	}
	return all
}()

// known tells of a page whether it has the row.
func known(page, id string) bool {
	for _, group := range rows[page] {
		for _, row := range group.Rows {
			if row.ID == id {
				return true
			}
		}
	}
	return false
}

// The states of a row. One without a result was not asked yet; one that is running goes on at its step.
const (
	green   = "green"
	red     = "red"
	none    = "none"
	waits   = "waits"
	running = "running"
)

// Result is what is known of a row.
type Result struct {
	State string `json:"state"`
	Note  string `json:"note,omitempty"`
	Step  int    `json:"step,omitempty"`
	// Press says that the step comes after the form was sent.
	Press bool `json:"press,omitempty"`
	// Memo is what the row's next step needs of this one.
	Memo json.RawMessage `json:"memo,omitempty"`
}
