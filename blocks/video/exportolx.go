package video

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/quoin-lms/quoin/blocks/internal/olx"
	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// ExportOLX implements sdk.Exporter: every field is an attribute, since an attribute counts more than a child element; what no
// field stands for is inside, as it was written.
func (block) ExportOLX(_ *sdk.Call, f *Fields, set wire.Fields, _ string) ([]byte, []wire.OLXFile, error) {
	list := olx.Attributes(set, attributes)
	for _, name := range []string{"start_time", "end_time"} {
		value, given := set[name]
		if !given {
			continue
		}
		var seconds float64
		if err := json.Unmarshal(value, &seconds); err != nil {
			return nil, nil, sdk.Refuse("writing the video's element: %s: %v", name, err)
		}
		list = append(list, olx.Attribute{Name: name, Value: clockText(seconds)})
	}
	return olx.Write("video", list, f.Children), nil, nil
}

var _ sdk.Exporter[Fields] = block{}

// clockText is the reverse of clock: hours:minutes:seconds, and seconds alone where there is a fraction, which stays exact so.
func clockText(seconds float64) string {
	whole := int64(seconds)
	if float64(whole) != seconds {
		return strconv.FormatFloat(seconds, 'f', -1, 64)
	}
	return fmt.Sprintf("%02d:%02d:%02d", whole/3600, whole/60%60, whole%60)
}
