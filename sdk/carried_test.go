package sdk_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/quoin-lms/quoin/sdk"
	"github.com/quoin-lms/quoin/sdk/wire"
)

// filled gives every field of a value something that is not its zero value.
func filled(value reflect.Value, depth int) {
	switch value.Type() {
	case reflect.TypeFor[json.RawMessage]():
		value.SetBytes([]byte(`{"x":1}`))
		return
	case reflect.TypeFor[wire.Blob]():
		value.Set(reflect.ValueOf(wire.Blob{Data: []byte(`{"X":1}`)}))
		return
	case reflect.TypeFor[wire.Fields]():
		value.Set(reflect.ValueOf(wire.Fields{"stored": json.RawMessage("1")}))
		return
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString("x")
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int, reflect.Int64:
		value.SetInt(7)
	case reflect.Float64:
		value.SetFloat(7)
	case reflect.Pointer:
		if depth > 0 {
			value.Set(reflect.New(value.Type().Elem()))
			filled(value.Elem(), depth-1)
		}
	case reflect.Slice:
		if depth > 0 {
			value.Set(reflect.MakeSlice(value.Type(), 1, 1))
			filled(value.Index(0), depth-1)
		}
	case reflect.Map:
		element := reflect.New(value.Type().Elem()).Elem()
		filled(element, depth-1)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(reflect.ValueOf("x").Convert(value.Type().Key()), element)
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Type().Field(i).IsExported() {
				filled(value.Field(i), depth)
			}
		}
	case reflect.Interface:
		value.Set(reflect.ValueOf("x"))
	default:
	}
}

// carried fails when a struct of the SDK does not carry everything that its message has: another number of fields, or a
// field that stayed empty although every field of the message was filled.
func carried(t *testing.T, got any, message reflect.Type, less int) {
	t.Helper()
	value := reflect.Indirect(reflect.ValueOf(got))
	if fields := value.NumField() - less; fields != message.NumField() {
		t.Errorf("%v has %d fields for %d of %v: carry what was added to the contract, or say here why not", value.Type(), fields, message.NumField(), message)
	}
	for i := range value.NumField() {
		field := value.Type().Field(i)
		if field.IsExported() && value.Field(i).IsZero() && value.Field(i).Type().Size() > 0 {
			t.Errorf("%v.%s stays empty", value.Type(), field.Name)
		}
	}
}

type keptFields struct {
	Stored int `quoin:"stored,user_state"`
}

type kept struct{ X int }

// recorder keeps what it was handed, and answers with everything filled.
type recorder struct {
	view       sdk.View[keptFields, kept]
	request    *sdk.Request[keptFields, kept]
	submission sdk.Submission[kept, kept]
	reported   sdk.Reported[kept, kept]
}

func (r *recorder) Outline(*sdk.Call, *keptFields, []wire.Child) (out sdk.Outline[kept, kept], err error) {
	filled(reflect.ValueOf(&out).Elem(), 4)
	return out, nil
}

func (r *recorder) Render(_ *sdk.Call, v sdk.View[keptFields, kept]) (f sdk.Fragment, err error) {
	r.view = v
	filled(reflect.ValueOf(&f).Elem(), 4)
	return f, nil
}

func (r *recorder) Handle(_ *sdk.Call, request *sdk.Request[keptFields, kept]) (*sdk.Reply, error) {
	r.request = request
	return sdk.OK(), nil
}

func (r *recorder) Grade(_ *sdk.Call, s sdk.Submission[kept, kept]) (wire.Verdict, error) {
	r.submission = s
	return wire.Verdict{}, nil
}

func (r *recorder) Report(_ *sdk.Call, all []sdk.Reported[kept, kept]) ([]wire.ReportRow, error) {
	r.reported = all[0]
	return nil, nil
}

func (r *recorder) Reveal(*sdk.Call, kept, kept, json.RawMessage) (out sdk.Revealed, err error) {
	filled(reflect.ValueOf(&out).Elem(), 4)
	return out, nil
}

func (*recorder) Task(*sdk.Call, *keptFields, wire.TaskRequest) (*sdk.Reply, error) {
	return sdk.OK(), nil
}

func (*recorder) Event(*sdk.Call, []wire.Event) (*sdk.Reply, error) { return sdk.OK(), nil }

func (*recorder) Mount(*sdk.Call, *keptFields, wire.MountRequest) (*sdk.Reply, error) {
	return sdk.OK(), nil
}

// exchange serves one operation with a filled request and reads the reply.
func exchange[Request, Reply any](t *testing.T, b sdk.Block, op wire.Op) *Reply {
	t.Helper()
	request, reply := new(Request), new(Reply)
	filled(reflect.ValueOf(request).Elem(), 4)
	frame, err := wire.EncodeRequest(wire.Request{ABI: wire.ABI, Op: op}, request)
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.DecodeReply(b.Serve(nil, frame), reply); err != nil {
		t.Fatalf("%s: %v", op, err)
	}
	return reply
}

// TestTheSDKCarriesEveryField goes red when a field is added to a message and the SDK does not hand it on.
func TestTheSDKCarriesEveryField(t *testing.T) {
	r := &recorder{}
	spec := sdk.Spec{}
	filled(reflect.ValueOf(&spec).Elem(), 4)
	spec.GradeSecretOnly = false // it asks that something is not carried
	b := sdk.New[keptFields, kept, kept](r, spec)

	fragment := exchange[wire.RenderRequest, wire.Fragment](t, b, wire.OpRender)
	carried(t, r.view, reflect.TypeFor[wire.RenderRequest](), 0)
	carried(t, fragment, reflect.TypeFor[sdk.Fragment](), 0)
	exchange[wire.HandleRequest, wire.HandleReply](t, b, wire.OpHandle)
	carried(t, r.request, reflect.TypeFor[wire.HandleRequest](), 0)
	exchange[wire.GradeRequest, wire.Verdict](t, b, wire.OpGrade)
	carried(t, r.submission, reflect.TypeFor[wire.GradeRequest](), 0)
	exchange[wire.ReportRequest, wire.ReportReply](t, b, wire.OpReport)
	carried(t, r.reported, reflect.TypeFor[wire.ReportSubmission](), 0)
	carried(t, exchange[wire.OutlineRequest, wire.Outline](t, b, wire.OpOutline), reflect.TypeFor[sdk.Outline[kept, kept]](), 0)
	carried(t, exchange[wire.RevealRequest, wire.Revealed](t, b, wire.OpReveal), reflect.TypeFor[sdk.Revealed](), 0)
	// The SDK names itself, the operations follow from methods and the fields from tags; the others stay in the block.
	description := exchange[wire.DescribeRequest, wire.Description](t, b, wire.OpDescribe)
	carried(t, description, reflect.TypeFor[sdk.Spec](), len([]string{"SDK", "Ops", "Fields"})-len([]string{"GradeSecretOnly", "Catalogue"}))
	if !strings.HasPrefix(description.SDK, "go ") {
		t.Errorf("the description names the SDK %q", description.SDK)
	}
}
