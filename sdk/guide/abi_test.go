package guide

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk/wire"
)

// The frames and numbers on the ABI's page are those of the contract.
func TestTheABIPageIsTrue(t *testing.T) {
	text, err := os.ReadFile("abi.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	request, err := wire.EncodeRequest(
		wire.Request{ABI: wire.ABI, Op: wire.OpGrade, Context: wire.Context{Block: "word"}},
		&wire.GradeRequest{
			Submission: wire.Submission{ID: "s1", Attempt: 1, At: 1772442000000, Answers: []byte(`"quoin"`)},
			Secret:     wire.Blob{Data: []byte(`{"right":"quoin"}`)},
		})
	if err != nil {
		t.Fatal(err)
	}
	reply, err := wire.EncodeReply(wire.Verdict{Outcome: wire.OutcomeScored, Earned: 1, Possible: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	refusal, err := wire.EncodeReply(nil, wire.Errorf(wire.CodeUnsupported, wire.BlameHost, "this block does not implement it"))
	if err != nil {
		t.Fatal(err)
	}
	for name, frame := range map[string][]byte{"request": request, "reply": reply, "refusal": refusal} {
		if block := "```text " + name + "\n" + hex.Dump(frame) + "```\n"; !strings.Contains(page, block) {
			t.Errorf("the page does not show the %s as it is:\n%s", name, block)
		}
	}
	segments, err := wire.Segments(request)
	if err != nil {
		t.Fatal(err)
	}
	told := []string{
		fmt.Sprintf("0x%x bytes of envelope from 0x%x, 0x%x of body from 0x%x, 0x%x of the secret from 0x%x", len(segments[0]), 16, len(segments[1]),
			16+len(segments[0]), len(segments[2]), 16+len(segments[0])+len(segments[1])),
		fmt.Sprintf("The number of this ABI is **%d**", wire.ABI),
		fmt.Sprintf("| a frame | %d bytes |", wire.MaxFrame), fmt.Sprintf("| envelope, body | %d bytes each |", wire.MaxJSON),
		fmt.Sprintf("| a blob | %d bytes |", wire.MaxBlob), fmt.Sprintf("| segments | %d |", wire.MaxSegments),
		fmt.Sprintf("| effects of a reply | %d |", wire.MaxEffects), fmt.Sprintf("collections | %d bytes |", wire.MaxName),
		"| `" + wire.ExportABI + "` | `() -> i32` |", "| `" + wire.ExportAlloc + "` | `(n i32) -> i32` |",
		"| `" + wire.ExportCall + "` | `(address i32, length i32) -> i64` |", "from the module `" + wire.ImportModule + "`",
		"| `" + wire.ImportService + "` | `(address i32, length i32) -> i32` |", "| `" + wire.ImportTake + "` | `(address i32)` |",
		"| `" + wire.ImportLog + "` | `(level i32, address i32, length i32)` |",
	}
	for _, want := range told {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}
