package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"slices"
	"strconv"
	"strings"
)

// coded are the messages that have a codec: those of calls that people wait for. The others run when content is published, or by
// themselves; encoding/json reads and writes them, and their code would make every guest larger.
var coded = []string{
	"Request", "Reply", "RenderRequest", "Fragment", "HandleRequest", "HandleReply", "MountRequest", "GradeRequest", "Verdict",
	"VaryRequest", "Variant", "RevealRequest", "Revealed",
	"ServiceCall", "ScriptRun", "ScriptDone", "DocumentGet", "DocumentFound", "DocumentFind", "DocumentsFound",
}

const codecHeader = `// Code generated from the Go source of the contract by "go run ./sdk/generate". DO NOT EDIT.

package wire
`

// Codec gives the Go of the codec for the contract in a folder: for each message, and for what stands in it, a method that reads
// and one that writes. What they are made of stands in read.go and write.go there.
func Codec(folder string) ([]byte, error) {
	c, err := read(folder)
	if err != nil {
		return nil, err
	}
	return c.codec(coded)
}

func (c *contract) codec(messages []string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(codecHeader)
	w := &codecWriter{contract: c, out: &out, queue: slices.Clone(messages)}
	for _, name := range messages {
		fmt.Fprintf(&out, "\nfunc (v %s) writeJSON(w *writer) { v.write(w) }\n", name)
		fmt.Fprintf(&out, "\nfunc (v *%s) readJSON(data []byte) error { return readMessage(data, v, (*%s).read) }\n", name, name)
	}
	for i := 0; i < len(w.queue); i++ {
		if err := w.message(w.queue[i]); err != nil {
			return nil, fmt.Errorf("type %s: %w", w.queue[i], err)
		}
	}
	return format.Source(out.Bytes())
}

// codecWriter writes the methods of the types in its queue, which grows by what is found in them.
type codecWriter struct {
	*contract

	out   *bytes.Buffer
	queue []string
}

// message writes one type's methods.
func (w *codecWriter) message(name string) error {
	d := w.types[name]
	if d == nil {
		return fmt.Errorf("the contract has no such type")
	}
	t, ok := d.spec.Type.(*ast.StructType)
	if !ok || !travels(t) {
		return fmt.Errorf("it is no message")
	}
	var reading, writing strings.Builder
	if err := w.members(t, &reading, &writing); err != nil {
		return err
	}
	fmt.Fprintf(w.out, "\nfunc (v *%s) read(r *reader) {\nfor more := r.object(); more; more = r.next('}') {\nswitch string(r.key()) {\n%sdefault:\nr.skip()\n}\n}\n}\n", name, &reading)
	fmt.Fprintf(w.out, "\nfunc (v *%s) write(w *writer) {\nw.begin()\n%sw.end()\n}\n", name, &writing)
	return nil
}

// members writes the members of a struct; those of an embedded one stand among them.
func (w *codecWriter) members(t *ast.StructType, reading, writing *strings.Builder) error {
	for _, f := range t.Fields.List {
		if len(f.Names) == 0 {
			of, _ := element(f.Type)
			inner, ok := w.types[of].spec.Type.(*ast.StructType)
			if !ok {
				return fmt.Errorf("it embeds %s, which is no struct", of)
			}
			if err := w.members(inner, reading, writing); err != nil {
				return err
			}
			continue
		}
		place := "v." + f.Names[0].Name
		function, err := w.function(f.Type)
		if err != nil {
			return fmt.Errorf("field %s: %w", f.Names[0].Name, err)
		}
		member, options, _ := strings.Cut(jsonTag(f), ",")
		fmt.Fprintf(reading, "case %q:\n%s\n", member, function.call("read", "&"+place, "r"))
		line := fmt.Sprintf("w.key(`,%s:`)\n%s\n", strconv.Quote(member), function.call("write", "&"+place, "w"))
		if condition := w.present(f.Type, options, place); condition != "" {
			line = "if " + condition + " {\n" + line + "}\n"
		}
		writing.WriteString(line)
	}
	return nil
}

// present is the condition under which a member is written; "" is always.
func (w *codecWriter) present(t ast.Expr, options, place string) string {
	name, _ := element(t)
	if options == "omitzero" {
		if name == "Blob" {
			return "!" + place + ".IsZero()"
		}
		return place + " != (" + name + "{})"
	}
	if options == "" {
		return ""
	}
	switch w.underlying(t).(type) {
	case *ast.StarExpr:
		return place + " != nil"
	case *ast.ArrayType, *ast.MapType, *ast.SelectorExpr:
		return "len(" + place + ") > 0"
	}
	switch basic, _ := element(w.underlying(t)); basic {
	case "string":
		return place + ` != ""`
	case "bool":
		return place
	}
	return place + " != 0"
}

// underlying is what a named type of the contract is.
func (w *codecWriter) underlying(t ast.Expr) ast.Expr {
	if name, ok := t.(*ast.Ident); ok && w.types[name.Name] != nil {
		return w.underlying(w.types[name.Name].spec.Type)
	}
	return t
}

// codecFunction reads and writes values of one Go type.
type codecFunction struct {
	// method says that the type itself does it; name is that of the type then, and the function's end otherwise, such as Text.
	method bool
	name   string
	// of is what a pointer, list or map holds; goType is the type as Go writes it.
	of     *codecFunction
	goType string
}

// call gives a statement that reads or writes the value at an address.
func (f *codecFunction) call(verb, address, by string) string {
	switch {
	case f.method:
		return strings.TrimPrefix(address, "&") + "." + verb + "(" + by + ")"
	case f.of != nil:
		return fmt.Sprintf("%s%s(%s, %s, %s)", verb, f.name, address, by, f.of.value(verb))
	}
	return fmt.Sprintf("%s%s(%s, %s)", verb, f.name, address, by)
}

// value gives the function itself.
func (f *codecFunction) value(verb string) string {
	switch {
	case f.method:
		return "(*" + f.name + ")." + verb
	case f.of != nil:
		by := map[string]string{"read": "r", "write": "w"}[verb]
		return fmt.Sprintf("func(v *%s, %s *%sr) { %s }", f.goType, by, strings.Replace(verb, "read", "reade", 1), f.call(verb, "v", by))
	}
	return verb + f.name
}

// function finds how values of a type are read and written.
func (w *codecWriter) function(t ast.Expr) (*codecFunction, error) {
	switch t := t.(type) {
	case *ast.Ident:
		return w.named(t.Name)
	case *ast.StarExpr:
		return w.holder("Pointer", "*", t.X)
	case *ast.ArrayType:
		return w.holder("List", "[]", t.Elt)
	case *ast.MapType:
		return w.holder("Map", "map[string]", t.Value)
	case *ast.SelectorExpr:
		if t.Sel.Name == "RawMessage" {
			return &codecFunction{name: "Raw", goType: "json.RawMessage"}, nil
		}
	}
	return nil, fmt.Errorf("%T has no codec: teach the generator", t)
}

func (w *codecWriter) holder(name, prefix string, held ast.Expr) (*codecFunction, error) {
	of, err := w.function(held)
	if err != nil {
		return nil, err
	}
	return &codecFunction{name: name, of: of, goType: prefix + of.goType}, nil
}

func (w *codecWriter) named(name string) (*codecFunction, error) {
	basics := map[string]string{"string": "Text", "bool": "Truth", "int": "Whole", "int64": "Whole", "float64": "Number", "Blob": "Blob"}
	if basic, ok := basics[name]; ok {
		return &codecFunction{name: basic, goType: name}, nil
	}
	d := w.types[name]
	if d == nil {
		return nil, fmt.Errorf("%s has no codec: teach the generator", name)
	}
	if _, ok := d.spec.Type.(*ast.StructType); ok {
		if !slices.Contains(w.queue, name) {
			w.queue = append(w.queue, name)
		}
		return &codecFunction{method: true, name: name, goType: name}, nil
	}
	f, err := w.function(d.spec.Type)
	if err != nil {
		return nil, err
	}
	named := *f
	named.goType = name
	return &named, nil
}
