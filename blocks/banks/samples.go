package banks

import (
	"encoding/json"
	"fmt"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// Samples implements sdk.Sampler.
func (b bank[F]) Samples(*sdk.Call) ([]wire.Sample, error) { return b.samples, nil }

func bankSamples() []wire.Sample {
	return []wire.Sample{
		{Name: "two", Title: "Two of five texts", Fields: wire.Fields{"max_count": json.RawMessage(`2`)}, Children: texts(5)},
		{
			Name: "again", Title: "Learners may draw again", Children: texts(3),
			Fields: wire.Fields{"max_count": json.RawMessage(`1`), "allow_resetting_children": json.RawMessage(`true`)},
		},
		{Name: "all", Title: "All, in an order of chance", Fields: wire.Fields{"max_count": json.RawMessage(`-1`)}, Children: texts(3)},
		{Name: "empty", Title: "Nothing in it yet", Fields: wire.Fields{}},
	}
}

func librarySamples() []wire.Sample {
	return []wire.Sample{
		{
			Name: "library", Title: "Two texts of a library", Children: texts(4),
			Fields: wire.Fields{"max_count": json.RawMessage(`2`), "source_library_id": json.RawMessage(`"library-v1:Quoin+Samples"`), "source_library_version": json.RawMessage(`"3"`)},
		},
		{Name: "library_empty", Title: "No library chosen yet", Fields: wire.Fields{}},
	}
}

// texts are children of a type that every site has.
func texts(n int) []wire.Sample {
	out := make([]wire.Sample, n)
	for i := range out {
		out[i] = wire.Sample{
			Name: fmt.Sprintf("text%d", i+1), Type: "html", Title: fmt.Sprintf("Text %d", i+1),
			Fields: wire.Fields{"data": json.RawMessage(fmt.Sprintf(`"<p>Text %d</p>"`, i+1))},
		}
	}
	return out
}
