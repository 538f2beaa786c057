// Code generated from the Go source of the contract by "go run ./sdk/generate". DO NOT EDIT.

package wire

func (v Request) writeJSON(w *writer) { v.write(w) }

func (v *Request) readJSON(data []byte) error { return readMessage(data, v, (*Request).read) }

func (v Reply) writeJSON(w *writer) { v.write(w) }

func (v *Reply) readJSON(data []byte) error { return readMessage(data, v, (*Reply).read) }

func (v RenderRequest) writeJSON(w *writer) { v.write(w) }

func (v *RenderRequest) readJSON(data []byte) error {
	return readMessage(data, v, (*RenderRequest).read)
}

func (v Fragment) writeJSON(w *writer) { v.write(w) }

func (v *Fragment) readJSON(data []byte) error { return readMessage(data, v, (*Fragment).read) }

func (v HandleRequest) writeJSON(w *writer) { v.write(w) }

func (v *HandleRequest) readJSON(data []byte) error {
	return readMessage(data, v, (*HandleRequest).read)
}

func (v HandleReply) writeJSON(w *writer) { v.write(w) }

func (v *HandleReply) readJSON(data []byte) error { return readMessage(data, v, (*HandleReply).read) }

func (v MountRequest) writeJSON(w *writer) { v.write(w) }

func (v *MountRequest) readJSON(data []byte) error { return readMessage(data, v, (*MountRequest).read) }

func (v GradeRequest) writeJSON(w *writer) { v.write(w) }

func (v *GradeRequest) readJSON(data []byte) error { return readMessage(data, v, (*GradeRequest).read) }

func (v Verdict) writeJSON(w *writer) { v.write(w) }

func (v *Verdict) readJSON(data []byte) error { return readMessage(data, v, (*Verdict).read) }

func (v VaryRequest) writeJSON(w *writer) { v.write(w) }

func (v *VaryRequest) readJSON(data []byte) error { return readMessage(data, v, (*VaryRequest).read) }

func (v Variant) writeJSON(w *writer) { v.write(w) }

func (v *Variant) readJSON(data []byte) error { return readMessage(data, v, (*Variant).read) }

func (v RevealRequest) writeJSON(w *writer) { v.write(w) }

func (v *RevealRequest) readJSON(data []byte) error {
	return readMessage(data, v, (*RevealRequest).read)
}

func (v Revealed) writeJSON(w *writer) { v.write(w) }

func (v *Revealed) readJSON(data []byte) error { return readMessage(data, v, (*Revealed).read) }

func (v ServiceCall) writeJSON(w *writer) { v.write(w) }

func (v *ServiceCall) readJSON(data []byte) error { return readMessage(data, v, (*ServiceCall).read) }

func (v ScriptRun) writeJSON(w *writer) { v.write(w) }

func (v *ScriptRun) readJSON(data []byte) error { return readMessage(data, v, (*ScriptRun).read) }

func (v ScriptDone) writeJSON(w *writer) { v.write(w) }

func (v *ScriptDone) readJSON(data []byte) error { return readMessage(data, v, (*ScriptDone).read) }

func (v DocumentGet) writeJSON(w *writer) { v.write(w) }

func (v *DocumentGet) readJSON(data []byte) error { return readMessage(data, v, (*DocumentGet).read) }

func (v DocumentFound) writeJSON(w *writer) { v.write(w) }

func (v *DocumentFound) readJSON(data []byte) error {
	return readMessage(data, v, (*DocumentFound).read)
}

func (v DocumentFind) writeJSON(w *writer) { v.write(w) }

func (v *DocumentFind) readJSON(data []byte) error { return readMessage(data, v, (*DocumentFind).read) }

func (v DocumentsFound) writeJSON(w *writer) { v.write(w) }

func (v *DocumentsFound) readJSON(data []byte) error {
	return readMessage(data, v, (*DocumentsFound).read)
}

func (v *Request) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "abi":
			readWhole(&v.ABI, r)
		case "op":
			readText(&v.Op, r)
		case "context":
			v.Context.read(r)
		default:
			r.skip()
		}
	}
}

func (v *Request) write(w *writer) {
	w.begin()
	w.key(`,"abi":`)
	writeWhole(&v.ABI, w)
	w.key(`,"op":`)
	writeText(&v.Op, w)
	w.key(`,"context":`)
	v.Context.write(w)
	w.end()
}

func (v *Reply) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "error":
			readPointer(&v.Error, r, (*Error).read)
		default:
			r.skip()
		}
	}
}

func (v *Reply) write(w *writer) {
	w.begin()
	if v.Error != nil {
		w.key(`,"error":`)
		writePointer(&v.Error, w, (*Error).write)
	}
	w.end()
}

func (v *RenderRequest) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "view":
			readText(&v.View, r)
		case "fields":
			readMap(&v.Fields, r, readRaw)
		case "settings":
			readMap(&v.Settings, r, readRaw)
		case "newest":
			readPointer(&v.Newest, r, (*Verdict).read)
		case "counted":
			readPointer(&v.Counted, r, (*Verdict).read)
		case "grading":
			readPointer(&v.Grading, r, (*Grading).read)
		case "access":
			readPointer(&v.Access, r, (*Access).read)
		case "children":
			readList(&v.Children, r, (*Place).read)
		case "path":
			readText(&v.Path, r)
		case "query":
			readMap(&v.Query, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "submission":
			readPointer(&v.Submission, r, (*Submission).read)
		case "evidence":
			readList(&v.Evidence, r, (*Evidence).read)
		case "public":
			readBlob(&v.Public, r)
		default:
			r.skip()
		}
	}
}

func (v *RenderRequest) write(w *writer) {
	w.begin()
	w.key(`,"view":`)
	writeText(&v.View, w)
	if len(v.Fields) > 0 {
		w.key(`,"fields":`)
		writeMap(&v.Fields, w, writeRaw)
	}
	if len(v.Settings) > 0 {
		w.key(`,"settings":`)
		writeMap(&v.Settings, w, writeRaw)
	}
	if v.Newest != nil {
		w.key(`,"newest":`)
		writePointer(&v.Newest, w, (*Verdict).write)
	}
	if v.Counted != nil {
		w.key(`,"counted":`)
		writePointer(&v.Counted, w, (*Verdict).write)
	}
	if v.Grading != nil {
		w.key(`,"grading":`)
		writePointer(&v.Grading, w, (*Grading).write)
	}
	if v.Access != nil {
		w.key(`,"access":`)
		writePointer(&v.Access, w, (*Access).write)
	}
	if len(v.Children) > 0 {
		w.key(`,"children":`)
		writeList(&v.Children, w, (*Place).write)
	}
	if v.Path != "" {
		w.key(`,"path":`)
		writeText(&v.Path, w)
	}
	if len(v.Query) > 0 {
		w.key(`,"query":`)
		writeMap(&v.Query, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if v.Submission != nil {
		w.key(`,"submission":`)
		writePointer(&v.Submission, w, (*Submission).write)
	}
	if len(v.Evidence) > 0 {
		w.key(`,"evidence":`)
		writeList(&v.Evidence, w, (*Evidence).write)
	}
	if !v.Public.IsZero() {
		w.key(`,"public":`)
		writeBlob(&v.Public, w)
	}
	w.end()
}

func (v *Fragment) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "html":
			readBlob(&v.HTML, r)
		case "styles":
			readList(&v.Styles, r, readText)
		case "scripts":
			readList(&v.Scripts, r, readText)
		case "element":
			readText(&v.Element, r)
		case "init":
			readRaw(&v.Init, r)
		case "bundle":
			readText(&v.Bundle, r)
		case "entry":
			readText(&v.Entry, r)
		case "height":
			readWhole(&v.Height, r)
		case "marking":
			readPointer(&v.Marking, r, (*Marking).read)
		default:
			r.skip()
		}
	}
}

func (v *Fragment) write(w *writer) {
	w.begin()
	if !v.HTML.IsZero() {
		w.key(`,"html":`)
		writeBlob(&v.HTML, w)
	}
	if len(v.Styles) > 0 {
		w.key(`,"styles":`)
		writeList(&v.Styles, w, writeText)
	}
	if len(v.Scripts) > 0 {
		w.key(`,"scripts":`)
		writeList(&v.Scripts, w, writeText)
	}
	if v.Element != "" {
		w.key(`,"element":`)
		writeText(&v.Element, w)
	}
	if len(v.Init) > 0 {
		w.key(`,"init":`)
		writeRaw(&v.Init, w)
	}
	if v.Bundle != "" {
		w.key(`,"bundle":`)
		writeText(&v.Bundle, w)
	}
	if v.Entry != "" {
		w.key(`,"entry":`)
		writeText(&v.Entry, w)
	}
	if v.Height != 0 {
		w.key(`,"height":`)
		writeWhole(&v.Height, w)
	}
	if v.Marking != nil {
		w.key(`,"marking":`)
		writePointer(&v.Marking, w, (*Marking).write)
	}
	w.end()
}

func (v *HandleRequest) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "handler":
			readText(&v.Handler, r)
		case "method":
			readText(&v.Method, r)
		case "path":
			readText(&v.Path, r)
		case "query":
			readMap(&v.Query, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "form":
			readMap(&v.Form, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "files":
			readList(&v.Files, r, (*File).read)
		case "content_type":
			readText(&v.ContentType, r)
		case "body":
			readBlob(&v.Body, r)
		case "headers":
			readMap(&v.Headers, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "fields":
			readMap(&v.Fields, r, readRaw)
		case "settings":
			readMap(&v.Settings, r, readRaw)
		case "newest":
			readPointer(&v.Newest, r, (*Verdict).read)
		case "counted":
			readPointer(&v.Counted, r, (*Verdict).read)
		case "access":
			readPointer(&v.Access, r, (*Access).read)
		case "public":
			readBlob(&v.Public, r)
		default:
			r.skip()
		}
	}
}

func (v *HandleRequest) write(w *writer) {
	w.begin()
	w.key(`,"handler":`)
	writeText(&v.Handler, w)
	w.key(`,"method":`)
	writeText(&v.Method, w)
	if v.Path != "" {
		w.key(`,"path":`)
		writeText(&v.Path, w)
	}
	if len(v.Query) > 0 {
		w.key(`,"query":`)
		writeMap(&v.Query, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if len(v.Form) > 0 {
		w.key(`,"form":`)
		writeMap(&v.Form, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if len(v.Files) > 0 {
		w.key(`,"files":`)
		writeList(&v.Files, w, (*File).write)
	}
	if v.ContentType != "" {
		w.key(`,"content_type":`)
		writeText(&v.ContentType, w)
	}
	if !v.Body.IsZero() {
		w.key(`,"body":`)
		writeBlob(&v.Body, w)
	}
	if len(v.Headers) > 0 {
		w.key(`,"headers":`)
		writeMap(&v.Headers, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if len(v.Fields) > 0 {
		w.key(`,"fields":`)
		writeMap(&v.Fields, w, writeRaw)
	}
	if len(v.Settings) > 0 {
		w.key(`,"settings":`)
		writeMap(&v.Settings, w, writeRaw)
	}
	if v.Newest != nil {
		w.key(`,"newest":`)
		writePointer(&v.Newest, w, (*Verdict).write)
	}
	if v.Counted != nil {
		w.key(`,"counted":`)
		writePointer(&v.Counted, w, (*Verdict).write)
	}
	if v.Access != nil {
		w.key(`,"access":`)
		writePointer(&v.Access, w, (*Access).write)
	}
	if !v.Public.IsZero() {
		w.key(`,"public":`)
		writeBlob(&v.Public, w)
	}
	w.end()
}

func (v *HandleReply) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "status":
			readWhole(&v.Status, r)
		case "content_type":
			readText(&v.ContentType, r)
		case "headers":
			readMap(&v.Headers, r, readText)
		case "body":
			readBlob(&v.Body, r)
		case "location":
			readText(&v.Location, r)
		case "message":
			readText(&v.Message, r)
		case "effects":
			readList(&v.Effects, r, (*Effect).read)
		case "commit":
			readPointer(&v.Commit, r, (*DocumentRef).read)
		case "await":
			readPointer(&v.Await, r, (*Await).read)
		case "leave":
			readPointer(&v.Leave, r, (*Leave).read)
		default:
			r.skip()
		}
	}
}

func (v *HandleReply) write(w *writer) {
	w.begin()
	if v.Status != 0 {
		w.key(`,"status":`)
		writeWhole(&v.Status, w)
	}
	if v.ContentType != "" {
		w.key(`,"content_type":`)
		writeText(&v.ContentType, w)
	}
	if len(v.Headers) > 0 {
		w.key(`,"headers":`)
		writeMap(&v.Headers, w, writeText)
	}
	if !v.Body.IsZero() {
		w.key(`,"body":`)
		writeBlob(&v.Body, w)
	}
	if v.Location != "" {
		w.key(`,"location":`)
		writeText(&v.Location, w)
	}
	if v.Message != "" {
		w.key(`,"message":`)
		writeText(&v.Message, w)
	}
	if len(v.Effects) > 0 {
		w.key(`,"effects":`)
		writeList(&v.Effects, w, (*Effect).write)
	}
	if v.Commit != nil {
		w.key(`,"commit":`)
		writePointer(&v.Commit, w, (*DocumentRef).write)
	}
	if v.Await != nil {
		w.key(`,"await":`)
		writePointer(&v.Await, w, (*Await).write)
	}
	if v.Leave != nil {
		w.key(`,"leave":`)
		writePointer(&v.Leave, w, (*Leave).write)
	}
	w.end()
}

func (v *MountRequest) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "mount":
			readText(&v.Mount, r)
		case "method":
			readText(&v.Method, r)
		case "path":
			readText(&v.Path, r)
		case "query":
			readMap(&v.Query, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "form":
			readMap(&v.Form, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "files":
			readList(&v.Files, r, (*File).read)
		case "content_type":
			readText(&v.ContentType, r)
		case "body":
			readBlob(&v.Body, r)
		case "headers":
			readMap(&v.Headers, r, func(v *[]string, r *reader) { readList(v, r, readText) })
		case "nonce":
			readText(&v.Nonce, r)
		case "spent":
			readTruth(&v.Spent, r)
		case "fields":
			readMap(&v.Fields, r, readRaw)
		case "settings":
			readMap(&v.Settings, r, readRaw)
		default:
			r.skip()
		}
	}
}

func (v *MountRequest) write(w *writer) {
	w.begin()
	w.key(`,"mount":`)
	writeText(&v.Mount, w)
	w.key(`,"method":`)
	writeText(&v.Method, w)
	if v.Path != "" {
		w.key(`,"path":`)
		writeText(&v.Path, w)
	}
	if len(v.Query) > 0 {
		w.key(`,"query":`)
		writeMap(&v.Query, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if len(v.Form) > 0 {
		w.key(`,"form":`)
		writeMap(&v.Form, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if len(v.Files) > 0 {
		w.key(`,"files":`)
		writeList(&v.Files, w, (*File).write)
	}
	if v.ContentType != "" {
		w.key(`,"content_type":`)
		writeText(&v.ContentType, w)
	}
	if !v.Body.IsZero() {
		w.key(`,"body":`)
		writeBlob(&v.Body, w)
	}
	if len(v.Headers) > 0 {
		w.key(`,"headers":`)
		writeMap(&v.Headers, w, func(v *[]string, w *writer) { writeList(v, w, writeText) })
	}
	if v.Nonce != "" {
		w.key(`,"nonce":`)
		writeText(&v.Nonce, w)
	}
	if v.Spent {
		w.key(`,"spent":`)
		writeTruth(&v.Spent, w)
	}
	if len(v.Fields) > 0 {
		w.key(`,"fields":`)
		writeMap(&v.Fields, w, writeRaw)
	}
	if len(v.Settings) > 0 {
		w.key(`,"settings":`)
		writeMap(&v.Settings, w, writeRaw)
	}
	w.end()
}

func (v *GradeRequest) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "submission":
			v.Submission.read(r)
		case "evidence":
			readList(&v.Evidence, r, (*Evidence).read)
		case "previous":
			readPointer(&v.Previous, r, (*Verdict).read)
		case "public":
			readBlob(&v.Public, r)
		case "secret":
			readBlob(&v.Secret, r)
		default:
			r.skip()
		}
	}
}

func (v *GradeRequest) write(w *writer) {
	w.begin()
	w.key(`,"submission":`)
	v.Submission.write(w)
	if len(v.Evidence) > 0 {
		w.key(`,"evidence":`)
		writeList(&v.Evidence, w, (*Evidence).write)
	}
	if v.Previous != nil {
		w.key(`,"previous":`)
		writePointer(&v.Previous, w, (*Verdict).write)
	}
	if !v.Public.IsZero() {
		w.key(`,"public":`)
		writeBlob(&v.Public, w)
	}
	if !v.Secret.IsZero() {
		w.key(`,"secret":`)
		writeBlob(&v.Secret, w)
	}
	w.end()
}

func (v *Verdict) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "outcome":
			readText(&v.Outcome, r)
		case "earned":
			readNumber(&v.Earned, r)
		case "possible":
			readNumber(&v.Possible, r)
		case "parts":
			readList(&v.Parts, r, (*Part).read)
		case "feedback":
			readText(&v.Feedback, r)
		case "message":
			readText(&v.Message, r)
		case "until":
			readWhole(&v.Until, r)
		case "data":
			readRaw(&v.Data, r)
		default:
			r.skip()
		}
	}
}

func (v *Verdict) write(w *writer) {
	w.begin()
	w.key(`,"outcome":`)
	writeText(&v.Outcome, w)
	w.key(`,"earned":`)
	writeNumber(&v.Earned, w)
	w.key(`,"possible":`)
	writeNumber(&v.Possible, w)
	if len(v.Parts) > 0 {
		w.key(`,"parts":`)
		writeList(&v.Parts, w, (*Part).write)
	}
	if v.Feedback != "" {
		w.key(`,"feedback":`)
		writeText(&v.Feedback, w)
	}
	if v.Message != "" {
		w.key(`,"message":`)
		writeText(&v.Message, w)
	}
	if v.Until != 0 {
		w.key(`,"until":`)
		writeWhole(&v.Until, w)
	}
	if len(v.Data) > 0 {
		w.key(`,"data":`)
		writeRaw(&v.Data, w)
	}
	w.end()
}

func (v *VaryRequest) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "public":
			readBlob(&v.Public, r)
		case "secret":
			readBlob(&v.Secret, r)
		default:
			r.skip()
		}
	}
}

func (v *VaryRequest) write(w *writer) {
	w.begin()
	if !v.Public.IsZero() {
		w.key(`,"public":`)
		writeBlob(&v.Public, w)
	}
	if !v.Secret.IsZero() {
		w.key(`,"secret":`)
		writeBlob(&v.Secret, w)
	}
	w.end()
}

func (v *Variant) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "public":
			readBlob(&v.Public, r)
		case "secret":
			readBlob(&v.Secret, r)
		default:
			r.skip()
		}
	}
}

func (v *Variant) write(w *writer) {
	w.begin()
	if !v.Public.IsZero() {
		w.key(`,"public":`)
		writeBlob(&v.Public, w)
	}
	if !v.Secret.IsZero() {
		w.key(`,"secret":`)
		writeBlob(&v.Secret, w)
	}
	w.end()
}

func (v *RevealRequest) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "public":
			readBlob(&v.Public, r)
		case "secret":
			readBlob(&v.Secret, r)
		case "answers":
			readRaw(&v.Answers, r)
		default:
			r.skip()
		}
	}
}

func (v *RevealRequest) write(w *writer) {
	w.begin()
	if !v.Public.IsZero() {
		w.key(`,"public":`)
		writeBlob(&v.Public, w)
	}
	if !v.Secret.IsZero() {
		w.key(`,"secret":`)
		writeBlob(&v.Secret, w)
	}
	if len(v.Answers) > 0 {
		w.key(`,"answers":`)
		writeRaw(&v.Answers, w)
	}
	w.end()
}

func (v *Revealed) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "html":
			readBlob(&v.HTML, r)
		case "answers":
			readMap(&v.Answers, r, readText)
		default:
			r.skip()
		}
	}
}

func (v *Revealed) write(w *writer) {
	w.begin()
	if !v.HTML.IsZero() {
		w.key(`,"html":`)
		writeBlob(&v.HTML, w)
	}
	if len(v.Answers) > 0 {
		w.key(`,"answers":`)
		writeMap(&v.Answers, w, writeText)
	}
	w.end()
}

func (v *ServiceCall) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "service":
			readText(&v.Service, r)
		case "method":
			readText(&v.Method, r)
		default:
			r.skip()
		}
	}
}

func (v *ServiceCall) write(w *writer) {
	w.begin()
	w.key(`,"service":`)
	writeText(&v.Service, w)
	w.key(`,"method":`)
	writeText(&v.Method, w)
	w.end()
}

func (v *ScriptRun) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "language":
			readText(&v.Language, r)
		case "prelude":
			readText(&v.Prelude, r)
		case "code":
			readText(&v.Code, r)
		case "globals":
			readRaw(&v.Globals, r)
		case "want":
			readList(&v.Want, r, readText)
		case "seed":
			readWhole(&v.Seed, r)
		case "files":
			readList(&v.Files, r, readText)
		case "stdin":
			readText(&v.Stdin, r)
		case "setup":
			readText(&v.Setup, r)
		case "call":
			readText(&v.Call, r)
		case "fuel":
			readWhole(&v.Fuel, r)
		case "output":
			readWhole(&v.Output, r)
		default:
			r.skip()
		}
	}
}

func (v *ScriptRun) write(w *writer) {
	w.begin()
	w.key(`,"language":`)
	writeText(&v.Language, w)
	if v.Prelude != "" {
		w.key(`,"prelude":`)
		writeText(&v.Prelude, w)
	}
	w.key(`,"code":`)
	writeText(&v.Code, w)
	if len(v.Globals) > 0 {
		w.key(`,"globals":`)
		writeRaw(&v.Globals, w)
	}
	if len(v.Want) > 0 {
		w.key(`,"want":`)
		writeList(&v.Want, w, writeText)
	}
	w.key(`,"seed":`)
	writeWhole(&v.Seed, w)
	if len(v.Files) > 0 {
		w.key(`,"files":`)
		writeList(&v.Files, w, writeText)
	}
	if v.Stdin != "" {
		w.key(`,"stdin":`)
		writeText(&v.Stdin, w)
	}
	if v.Setup != "" {
		w.key(`,"setup":`)
		writeText(&v.Setup, w)
	}
	if v.Call != "" {
		w.key(`,"call":`)
		writeText(&v.Call, w)
	}
	if v.Fuel != 0 {
		w.key(`,"fuel":`)
		writeWhole(&v.Fuel, w)
	}
	if v.Output != 0 {
		w.key(`,"output":`)
		writeWhole(&v.Output, w)
	}
	w.end()
}

func (v *ScriptDone) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "globals":
			readRaw(&v.Globals, r)
		case "stdout":
			readText(&v.Stdout, r)
		case "value":
			readText(&v.Value, r)
		case "failed":
			readPointer(&v.Failed, r, (*ScriptError).read)
		default:
			r.skip()
		}
	}
}

func (v *ScriptDone) write(w *writer) {
	w.begin()
	if len(v.Globals) > 0 {
		w.key(`,"globals":`)
		writeRaw(&v.Globals, w)
	}
	if v.Stdout != "" {
		w.key(`,"stdout":`)
		writeText(&v.Stdout, w)
	}
	if v.Value != "" {
		w.key(`,"value":`)
		writeText(&v.Value, w)
	}
	if v.Failed != nil {
		w.key(`,"failed":`)
		writePointer(&v.Failed, w, (*ScriptError).write)
	}
	w.end()
}

func (v *DocumentGet) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "id":
			readText(&v.ID, r)
		default:
			r.skip()
		}
	}
}

func (v *DocumentGet) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.end()
}

func (v *DocumentFound) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "document":
			readPointer(&v.Document, r, (*Document).read)
		default:
			r.skip()
		}
	}
}

func (v *DocumentFound) write(w *writer) {
	w.begin()
	if v.Document != nil {
		w.key(`,"document":`)
		writePointer(&v.Document, w, (*Document).write)
	}
	w.end()
}

func (v *DocumentFind) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "index":
			readText(&v.Index, r)
		case "equal":
			readList(&v.Equal, r, readRaw)
		case "from":
			readRaw(&v.From, r)
		case "to":
			readRaw(&v.To, r)
		case "prefix":
			readText(&v.Prefix, r)
		case "reverse":
			readTruth(&v.Reverse, r)
		case "limit":
			readWhole(&v.Limit, r)
		case "after":
			readText(&v.After, r)
		case "count":
			readTruth(&v.Count, r)
		default:
			r.skip()
		}
	}
}

func (v *DocumentFind) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	if v.Index != "" {
		w.key(`,"index":`)
		writeText(&v.Index, w)
	}
	if len(v.Equal) > 0 {
		w.key(`,"equal":`)
		writeList(&v.Equal, w, writeRaw)
	}
	if len(v.From) > 0 {
		w.key(`,"from":`)
		writeRaw(&v.From, w)
	}
	if len(v.To) > 0 {
		w.key(`,"to":`)
		writeRaw(&v.To, w)
	}
	if v.Prefix != "" {
		w.key(`,"prefix":`)
		writeText(&v.Prefix, w)
	}
	if v.Reverse {
		w.key(`,"reverse":`)
		writeTruth(&v.Reverse, w)
	}
	if v.Limit != 0 {
		w.key(`,"limit":`)
		writeWhole(&v.Limit, w)
	}
	if v.After != "" {
		w.key(`,"after":`)
		writeText(&v.After, w)
	}
	if v.Count {
		w.key(`,"count":`)
		writeTruth(&v.Count, w)
	}
	w.end()
}

func (v *DocumentsFound) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "documents":
			readList(&v.Documents, r, (*Document).read)
		case "next":
			readText(&v.Next, r)
		case "count":
			readWhole(&v.Count, r)
		default:
			r.skip()
		}
	}
}

func (v *DocumentsFound) write(w *writer) {
	w.begin()
	if len(v.Documents) > 0 {
		w.key(`,"documents":`)
		writeList(&v.Documents, w, (*Document).write)
	}
	if v.Next != "" {
		w.key(`,"next":`)
		writeText(&v.Next, w)
	}
	if v.Count != 0 {
		w.key(`,"count":`)
		writeWhole(&v.Count, w)
	}
	w.end()
}

func (v *Context) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "block":
			readText(&v.Block, r)
		case "run":
			readText(&v.Run, r)
		case "usage":
			readText(&v.Usage, r)
		case "address":
			readText(&v.Address, r)
		case "role":
			readText(&v.Role, r)
		case "groups":
			readList(&v.Groups, r, readText)
		case "subject":
			readText(&v.Subject, r)
		case "caller":
			readText(&v.Caller, r)
		case "seed":
			readPointer(&v.Seed, r, readWhole)
		case "now":
			readWhole(&v.Now, r)
		case "random":
			readText(&v.Random, r)
		case "locale":
			readText(&v.Locale, r)
		case "zone":
			readText(&v.Zone, r)
		default:
			r.skip()
		}
	}
}

func (v *Context) write(w *writer) {
	w.begin()
	w.key(`,"block":`)
	writeText(&v.Block, w)
	if v.Run != "" {
		w.key(`,"run":`)
		writeText(&v.Run, w)
	}
	if v.Usage != "" {
		w.key(`,"usage":`)
		writeText(&v.Usage, w)
	}
	if v.Address != "" {
		w.key(`,"address":`)
		writeText(&v.Address, w)
	}
	if v.Role != "" {
		w.key(`,"role":`)
		writeText(&v.Role, w)
	}
	if len(v.Groups) > 0 {
		w.key(`,"groups":`)
		writeList(&v.Groups, w, writeText)
	}
	if v.Subject != "" {
		w.key(`,"subject":`)
		writeText(&v.Subject, w)
	}
	if v.Caller != "" {
		w.key(`,"caller":`)
		writeText(&v.Caller, w)
	}
	if v.Seed != nil {
		w.key(`,"seed":`)
		writePointer(&v.Seed, w, writeWhole)
	}
	if v.Now != 0 {
		w.key(`,"now":`)
		writeWhole(&v.Now, w)
	}
	if v.Random != "" {
		w.key(`,"random":`)
		writeText(&v.Random, w)
	}
	if v.Locale != "" {
		w.key(`,"locale":`)
		writeText(&v.Locale, w)
	}
	if v.Zone != "" {
		w.key(`,"zone":`)
		writeText(&v.Zone, w)
	}
	w.end()
}

func (v *Error) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "code":
			readText(&v.Code, r)
		case "message":
			readText(&v.Message, r)
		case "blame":
			readText(&v.Blame, r)
		default:
			r.skip()
		}
	}
}

func (v *Error) write(w *writer) {
	w.begin()
	w.key(`,"code":`)
	writeText(&v.Code, w)
	w.key(`,"message":`)
	writeText(&v.Message, w)
	w.key(`,"blame":`)
	writeText(&v.Blame, w)
	w.end()
}

func (v *Grading) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "who":
			readText(&v.Who, r)
		case "failed":
			readTruth(&v.Failed, r)
		default:
			r.skip()
		}
	}
}

func (v *Grading) write(w *writer) {
	w.begin()
	if v.Who != "" {
		w.key(`,"who":`)
		writeText(&v.Who, w)
	}
	if v.Failed {
		w.key(`,"failed":`)
		writeTruth(&v.Failed, w)
	}
	w.end()
}

func (v *Access) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "submit":
			v.Submit.read(r)
		case "save":
			v.Save.read(r)
		case "reset":
			v.Reset.read(r)
		case "answer":
			v.Answer.read(r)
		case "correctness":
			v.Correctness.read(r)
		case "tries":
			readWhole(&v.Tries, r)
		case "max_tries":
			readPointer(&v.MaxTries, r, readWhole)
		default:
			r.skip()
		}
	}
}

func (v *Access) write(w *writer) {
	w.begin()
	w.key(`,"submit":`)
	v.Submit.write(w)
	w.key(`,"save":`)
	v.Save.write(w)
	w.key(`,"reset":`)
	v.Reset.write(w)
	w.key(`,"answer":`)
	v.Answer.write(w)
	w.key(`,"correctness":`)
	v.Correctness.write(w)
	w.key(`,"tries":`)
	writeWhole(&v.Tries, w)
	if v.MaxTries != nil {
		w.key(`,"max_tries":`)
		writePointer(&v.MaxTries, w, writeWhole)
	}
	w.end()
}

func (v *Place) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "type":
			readText(&v.Type, r)
		case "title":
			readText(&v.Title, r)
		default:
			r.skip()
		}
	}
}

func (v *Place) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"type":`)
	writeText(&v.Type, w)
	if v.Title != "" {
		w.key(`,"title":`)
		writeText(&v.Title, w)
	}
	w.end()
}

func (v *Submission) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "attempt":
			readWhole(&v.Attempt, r)
		case "at":
			readWhole(&v.At, r)
		case "answers":
			readRaw(&v.Answers, r)
		case "files":
			readList(&v.Files, r, (*File).read)
		default:
			r.skip()
		}
	}
}

func (v *Submission) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"attempt":`)
	writeWhole(&v.Attempt, w)
	w.key(`,"at":`)
	writeWhole(&v.At, w)
	w.key(`,"answers":`)
	writeRaw(&v.Answers, w)
	if len(v.Files) > 0 {
		w.key(`,"files":`)
		writeList(&v.Files, w, (*File).write)
	}
	w.end()
}

func (v *Evidence) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "at":
			readWhole(&v.At, r)
		case "from":
			readText(&v.From, r)
		case "data":
			readRaw(&v.Data, r)
		default:
			r.skip()
		}
	}
}

func (v *Evidence) write(w *writer) {
	w.begin()
	w.key(`,"at":`)
	writeWhole(&v.At, w)
	w.key(`,"from":`)
	writeText(&v.From, w)
	w.key(`,"data":`)
	writeRaw(&v.Data, w)
	w.end()
}

func (v *Marking) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "points":
			readNumber(&v.Points, r)
		case "criteria":
			readList(&v.Criteria, r, (*Criterion).read)
		default:
			r.skip()
		}
	}
}

func (v *Marking) write(w *writer) {
	w.begin()
	w.key(`,"points":`)
	writeNumber(&v.Points, w)
	if len(v.Criteria) > 0 {
		w.key(`,"criteria":`)
		writeList(&v.Criteria, w, (*Criterion).write)
	}
	w.end()
}

func (v *File) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "input":
			readText(&v.Input, r)
		case "name":
			readText(&v.Name, r)
		case "type":
			readText(&v.Type, r)
		case "size":
			readWhole(&v.Size, r)
		case "hash":
			readText(&v.Hash, r)
		default:
			r.skip()
		}
	}
}

func (v *File) write(w *writer) {
	w.begin()
	if v.Input != "" {
		w.key(`,"input":`)
		writeText(&v.Input, w)
	}
	w.key(`,"name":`)
	writeText(&v.Name, w)
	w.key(`,"type":`)
	writeText(&v.Type, w)
	w.key(`,"size":`)
	writeWhole(&v.Size, w)
	w.key(`,"hash":`)
	writeText(&v.Hash, w)
	w.end()
}

func (v *Effect) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "set":
			readPointer(&v.Set, r, (*SetField).read)
		case "unset":
			readPointer(&v.Unset, r, (*UnsetField).read)
		case "increment":
			readPointer(&v.Increment, r, (*IncrementField).read)
		case "append":
			readPointer(&v.Append, r, (*AppendField).read)
		case "submit":
			readPointer(&v.Submit, r, (*Submit).read)
		case "settle":
			readPointer(&v.Settle, r, (*Settle).read)
		case "score":
			readPointer(&v.Score, r, (*SetScore).read)
		case "complete":
			readPointer(&v.Complete, r, (*Complete).read)
		case "file":
			readPointer(&v.File, r, (*KeepFile).read)
		case "insert":
			readPointer(&v.Insert, r, (*InsertDoc).read)
		case "replace":
			readPointer(&v.Replace, r, (*ReplaceDoc).read)
		case "add":
			readPointer(&v.Add, r, (*AddDoc).read)
		case "delete":
			readPointer(&v.Delete, r, (*DeleteDoc).read)
		case "event":
			readPointer(&v.Event, r, (*EmitEvent).read)
		case "notify":
			readPointer(&v.Notify, r, (*Notify).read)
		case "publish":
			readPointer(&v.Publish, r, (*Publish).read)
		case "schedule":
			readPointer(&v.Schedule, r, (*Schedule).read)
		case "enrol":
			readPointer(&v.Enrol, r, (*Enrol).read)
		case "index":
			readPointer(&v.Index, r, (*IndexDoc).read)
		case "redraw":
			readPointer(&v.Redraw, r, (*Redraw).read)
		case "sitting":
			readPointer(&v.Sitting, r, (*Sitting).read)
		default:
			r.skip()
		}
	}
}

func (v *Effect) write(w *writer) {
	w.begin()
	if v.Set != nil {
		w.key(`,"set":`)
		writePointer(&v.Set, w, (*SetField).write)
	}
	if v.Unset != nil {
		w.key(`,"unset":`)
		writePointer(&v.Unset, w, (*UnsetField).write)
	}
	if v.Increment != nil {
		w.key(`,"increment":`)
		writePointer(&v.Increment, w, (*IncrementField).write)
	}
	if v.Append != nil {
		w.key(`,"append":`)
		writePointer(&v.Append, w, (*AppendField).write)
	}
	if v.Submit != nil {
		w.key(`,"submit":`)
		writePointer(&v.Submit, w, (*Submit).write)
	}
	if v.Settle != nil {
		w.key(`,"settle":`)
		writePointer(&v.Settle, w, (*Settle).write)
	}
	if v.Score != nil {
		w.key(`,"score":`)
		writePointer(&v.Score, w, (*SetScore).write)
	}
	if v.Complete != nil {
		w.key(`,"complete":`)
		writePointer(&v.Complete, w, (*Complete).write)
	}
	if v.File != nil {
		w.key(`,"file":`)
		writePointer(&v.File, w, (*KeepFile).write)
	}
	if v.Insert != nil {
		w.key(`,"insert":`)
		writePointer(&v.Insert, w, (*InsertDoc).write)
	}
	if v.Replace != nil {
		w.key(`,"replace":`)
		writePointer(&v.Replace, w, (*ReplaceDoc).write)
	}
	if v.Add != nil {
		w.key(`,"add":`)
		writePointer(&v.Add, w, (*AddDoc).write)
	}
	if v.Delete != nil {
		w.key(`,"delete":`)
		writePointer(&v.Delete, w, (*DeleteDoc).write)
	}
	if v.Event != nil {
		w.key(`,"event":`)
		writePointer(&v.Event, w, (*EmitEvent).write)
	}
	if v.Notify != nil {
		w.key(`,"notify":`)
		writePointer(&v.Notify, w, (*Notify).write)
	}
	if v.Publish != nil {
		w.key(`,"publish":`)
		writePointer(&v.Publish, w, (*Publish).write)
	}
	if v.Schedule != nil {
		w.key(`,"schedule":`)
		writePointer(&v.Schedule, w, (*Schedule).write)
	}
	if v.Enrol != nil {
		w.key(`,"enrol":`)
		writePointer(&v.Enrol, w, (*Enrol).write)
	}
	if v.Index != nil {
		w.key(`,"index":`)
		writePointer(&v.Index, w, (*IndexDoc).write)
	}
	if v.Redraw != nil {
		w.key(`,"redraw":`)
		writePointer(&v.Redraw, w, (*Redraw).write)
	}
	if v.Sitting != nil {
		w.key(`,"sitting":`)
		writePointer(&v.Sitting, w, (*Sitting).write)
	}
	w.end()
}

func (v *DocumentRef) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "id":
			readText(&v.ID, r)
		default:
			r.skip()
		}
	}
}

func (v *DocumentRef) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.end()
}

func (v *Await) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "task":
			readText(&v.Task, r)
		case "payload":
			readRaw(&v.Payload, r)
		default:
			r.skip()
		}
	}
}

func (v *Await) write(w *writer) {
	w.begin()
	w.key(`,"task":`)
	writeText(&v.Task, w)
	if len(v.Payload) > 0 {
		w.key(`,"payload":`)
		writeRaw(&v.Payload, w)
	}
	w.end()
}

func (v *Leave) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "url":
			readText(&v.URL, r)
		case "fields":
			readMap(&v.Fields, r, readText)
		default:
			r.skip()
		}
	}
}

func (v *Leave) write(w *writer) {
	w.begin()
	w.key(`,"url":`)
	writeText(&v.URL, w)
	if len(v.Fields) > 0 {
		w.key(`,"fields":`)
		writeMap(&v.Fields, w, writeText)
	}
	w.end()
}

func (v *Part) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "correctness":
			readText(&v.Correctness, r)
		case "earned":
			readNumber(&v.Earned, r)
		case "possible":
			readNumber(&v.Possible, r)
		case "feedback":
			readText(&v.Feedback, r)
		case "hint":
			readText(&v.Hint, r)
		default:
			r.skip()
		}
	}
}

func (v *Part) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"correctness":`)
	writeText(&v.Correctness, w)
	w.key(`,"earned":`)
	writeNumber(&v.Earned, w)
	w.key(`,"possible":`)
	writeNumber(&v.Possible, w)
	if v.Feedback != "" {
		w.key(`,"feedback":`)
		writeText(&v.Feedback, w)
	}
	if v.Hint != "" {
		w.key(`,"hint":`)
		writeText(&v.Hint, w)
	}
	w.end()
}

func (v *ScriptError) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "class":
			readText(&v.Class, r)
		case "message":
			readText(&v.Message, r)
		case "line":
			readWhole(&v.Line, r)
		case "limit":
			readText(&v.Limit, r)
		case "setup":
			readTruth(&v.Setup, r)
		default:
			r.skip()
		}
	}
}

func (v *ScriptError) write(w *writer) {
	w.begin()
	w.key(`,"class":`)
	writeText(&v.Class, w)
	w.key(`,"message":`)
	writeText(&v.Message, w)
	if v.Line != 0 {
		w.key(`,"line":`)
		writeWhole(&v.Line, w)
	}
	if v.Limit != "" {
		w.key(`,"limit":`)
		writeText(&v.Limit, w)
	}
	if v.Setup {
		w.key(`,"setup":`)
		writeTruth(&v.Setup, w)
	}
	w.end()
}

func (v *Document) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "version":
			readWhole(&v.Version, r)
		case "body":
			readRaw(&v.Body, r)
		default:
			r.skip()
		}
	}
}

func (v *Document) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"version":`)
	writeWhole(&v.Version, w)
	w.key(`,"body":`)
	writeRaw(&v.Body, w)
	w.end()
}

func (v *Gate) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "open":
			readTruth(&v.Open, r)
		case "why":
			readText(&v.Why, r)
		case "changes":
			readWhole(&v.Changes, r)
		default:
			r.skip()
		}
	}
}

func (v *Gate) write(w *writer) {
	w.begin()
	w.key(`,"open":`)
	writeTruth(&v.Open, w)
	if v.Why != "" {
		w.key(`,"why":`)
		writeText(&v.Why, w)
	}
	if v.Changes != 0 {
		w.key(`,"changes":`)
		writeWhole(&v.Changes, w)
	}
	w.end()
}

func (v *Criterion) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "title":
			readText(&v.Title, r)
		case "help":
			readText(&v.Help, r)
		case "options":
			readList(&v.Options, r, (*Choose).read)
		default:
			r.skip()
		}
	}
}

func (v *Criterion) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"title":`)
	writeText(&v.Title, w)
	if v.Help != "" {
		w.key(`,"help":`)
		writeText(&v.Help, w)
	}
	w.key(`,"options":`)
	writeList(&v.Options, w, (*Choose).write)
	w.end()
}

func (v *SetField) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "field":
			readText(&v.Field, r)
		case "value":
			readRaw(&v.Value, r)
		case "base":
			readText(&v.Base, r)
		default:
			r.skip()
		}
	}
}

func (v *SetField) write(w *writer) {
	w.begin()
	w.key(`,"field":`)
	writeText(&v.Field, w)
	w.key(`,"value":`)
	writeRaw(&v.Value, w)
	if v.Base != "" {
		w.key(`,"base":`)
		writeText(&v.Base, w)
	}
	w.end()
}

func (v *UnsetField) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "field":
			readText(&v.Field, r)
		case "base":
			readText(&v.Base, r)
		default:
			r.skip()
		}
	}
}

func (v *UnsetField) write(w *writer) {
	w.begin()
	w.key(`,"field":`)
	writeText(&v.Field, w)
	if v.Base != "" {
		w.key(`,"base":`)
		writeText(&v.Base, w)
	}
	w.end()
}

func (v *IncrementField) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "field":
			readText(&v.Field, r)
		case "key":
			readText(&v.Key, r)
		case "by":
			readWhole(&v.By, r)
		default:
			r.skip()
		}
	}
}

func (v *IncrementField) write(w *writer) {
	w.begin()
	w.key(`,"field":`)
	writeText(&v.Field, w)
	if v.Key != "" {
		w.key(`,"key":`)
		writeText(&v.Key, w)
	}
	w.key(`,"by":`)
	writeWhole(&v.By, w)
	w.end()
}

func (v *AppendField) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "field":
			readText(&v.Field, r)
		case "value":
			readRaw(&v.Value, r)
		default:
			r.skip()
		}
	}
}

func (v *AppendField) write(w *writer) {
	w.begin()
	w.key(`,"field":`)
	writeText(&v.Field, w)
	w.key(`,"value":`)
	writeRaw(&v.Value, w)
	w.end()
}

func (v *Submit) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "answers":
			readRaw(&v.Answers, r)
		case "files":
			readList(&v.Files, r, (*File).read)
		default:
			r.skip()
		}
	}
}

func (v *Submit) write(w *writer) {
	w.begin()
	w.key(`,"answers":`)
	writeRaw(&v.Answers, w)
	if len(v.Files) > 0 {
		w.key(`,"files":`)
		writeList(&v.Files, w, (*File).write)
	}
	w.end()
}

func (v *Settle) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "submission":
			readText(&v.Submission, r)
		case "data":
			readRaw(&v.Data, r)
		default:
			r.skip()
		}
	}
}

func (v *Settle) write(w *writer) {
	w.begin()
	w.key(`,"submission":`)
	writeText(&v.Submission, w)
	w.key(`,"data":`)
	writeRaw(&v.Data, w)
	w.end()
}

func (v *SetScore) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "learner":
			readText(&v.Learner, r)
		case "earned":
			readNumber(&v.Earned, r)
		case "possible":
			readNumber(&v.Possible, r)
		case "reason":
			readText(&v.Reason, r)
		case "run":
			readText(&v.Run, r)
		default:
			r.skip()
		}
	}
}

func (v *SetScore) write(w *writer) {
	w.begin()
	w.key(`,"learner":`)
	writeText(&v.Learner, w)
	w.key(`,"earned":`)
	writeNumber(&v.Earned, w)
	w.key(`,"possible":`)
	writeNumber(&v.Possible, w)
	w.key(`,"reason":`)
	writeText(&v.Reason, w)
	if v.Run != "" {
		w.key(`,"run":`)
		writeText(&v.Run, w)
	}
	w.end()
}

func (v *Complete) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "fraction":
			readNumber(&v.Fraction, r)
		default:
			r.skip()
		}
	}
}

func (v *Complete) write(w *writer) {
	w.begin()
	w.key(`,"fraction":`)
	writeNumber(&v.Fraction, w)
	w.end()
}

func (v *KeepFile) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "name":
			readText(&v.Name, r)
		case "type":
			readText(&v.Type, r)
		case "data":
			readBlob(&v.Data, r)
		default:
			r.skip()
		}
	}
}

func (v *KeepFile) write(w *writer) {
	w.begin()
	w.key(`,"name":`)
	writeText(&v.Name, w)
	w.key(`,"type":`)
	writeText(&v.Type, w)
	w.key(`,"data":`)
	writeBlob(&v.Data, w)
	w.end()
}

func (v *InsertDoc) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "id":
			readText(&v.ID, r)
		case "body":
			readRaw(&v.Body, r)
		case "refusal":
			readText(&v.Refusal, r)
		default:
			r.skip()
		}
	}
}

func (v *InsertDoc) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	if v.ID != "" {
		w.key(`,"id":`)
		writeText(&v.ID, w)
	}
	w.key(`,"body":`)
	writeRaw(&v.Body, w)
	if v.Refusal != "" {
		w.key(`,"refusal":`)
		writeText(&v.Refusal, w)
	}
	w.end()
}

func (v *ReplaceDoc) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "id":
			readText(&v.ID, r)
		case "version":
			readWhole(&v.Version, r)
		case "body":
			readRaw(&v.Body, r)
		case "refusal":
			readText(&v.Refusal, r)
		default:
			r.skip()
		}
	}
}

func (v *ReplaceDoc) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"version":`)
	writeWhole(&v.Version, w)
	w.key(`,"body":`)
	writeRaw(&v.Body, w)
	if v.Refusal != "" {
		w.key(`,"refusal":`)
		writeText(&v.Refusal, w)
	}
	w.end()
}

func (v *AddDoc) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "id":
			readText(&v.ID, r)
		case "field":
			readText(&v.Field, r)
		case "key":
			readText(&v.Key, r)
		case "by":
			readWhole(&v.By, r)
		case "min":
			readPointer(&v.Min, r, readWhole)
		case "max":
			readPointer(&v.Max, r, readWhole)
		case "refusal":
			readText(&v.Refusal, r)
		default:
			r.skip()
		}
	}
}

func (v *AddDoc) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"field":`)
	writeText(&v.Field, w)
	if v.Key != "" {
		w.key(`,"key":`)
		writeText(&v.Key, w)
	}
	w.key(`,"by":`)
	writeWhole(&v.By, w)
	if v.Min != nil {
		w.key(`,"min":`)
		writePointer(&v.Min, w, writeWhole)
	}
	if v.Max != nil {
		w.key(`,"max":`)
		writePointer(&v.Max, w, writeWhole)
	}
	if v.Refusal != "" {
		w.key(`,"refusal":`)
		writeText(&v.Refusal, w)
	}
	w.end()
}

func (v *DeleteDoc) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "collection":
			readText(&v.Collection, r)
		case "id":
			readText(&v.ID, r)
		default:
			r.skip()
		}
	}
}

func (v *DeleteDoc) write(w *writer) {
	w.begin()
	w.key(`,"collection":`)
	writeText(&v.Collection, w)
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.end()
}

func (v *EmitEvent) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "name":
			readText(&v.Name, r)
		case "data":
			readRaw(&v.Data, r)
		default:
			r.skip()
		}
	}
}

func (v *EmitEvent) write(w *writer) {
	w.begin()
	w.key(`,"name":`)
	writeText(&v.Name, w)
	if len(v.Data) > 0 {
		w.key(`,"data":`)
		writeRaw(&v.Data, w)
	}
	w.end()
}

func (v *Notify) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "to":
			readList(&v.To, r, readText)
		case "title":
			readText(&v.Title, r)
		case "text":
			readText(&v.Text, r)
		case "path":
			readText(&v.Path, r)
		case "run":
			readText(&v.Run, r)
		default:
			r.skip()
		}
	}
}

func (v *Notify) write(w *writer) {
	w.begin()
	w.key(`,"to":`)
	writeList(&v.To, w, writeText)
	w.key(`,"title":`)
	writeText(&v.Title, w)
	if v.Text != "" {
		w.key(`,"text":`)
		writeText(&v.Text, w)
	}
	if v.Path != "" {
		w.key(`,"path":`)
		writeText(&v.Path, w)
	}
	if v.Run != "" {
		w.key(`,"run":`)
		writeText(&v.Run, w)
	}
	w.end()
}

func (v *Publish) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "topic":
			readText(&v.Topic, r)
		case "id":
			readText(&v.ID, r)
		case "to":
			readList(&v.To, r, readText)
		default:
			r.skip()
		}
	}
}

func (v *Publish) write(w *writer) {
	w.begin()
	w.key(`,"topic":`)
	writeText(&v.Topic, w)
	if v.ID != "" {
		w.key(`,"id":`)
		writeText(&v.ID, w)
	}
	if len(v.To) > 0 {
		w.key(`,"to":`)
		writeList(&v.To, w, writeText)
	}
	w.end()
}

func (v *Schedule) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "task":
			readText(&v.Task, r)
		case "key":
			readText(&v.Key, r)
		case "payload":
			readRaw(&v.Payload, r)
		case "at":
			readWhole(&v.At, r)
		case "every":
			readWhole(&v.Every, r)
		case "submission":
			readTruth(&v.Submission, r)
		case "cancel":
			readTruth(&v.Cancel, r)
		default:
			r.skip()
		}
	}
}

func (v *Schedule) write(w *writer) {
	w.begin()
	w.key(`,"task":`)
	writeText(&v.Task, w)
	if v.Key != "" {
		w.key(`,"key":`)
		writeText(&v.Key, w)
	}
	if len(v.Payload) > 0 {
		w.key(`,"payload":`)
		writeRaw(&v.Payload, w)
	}
	if v.At != 0 {
		w.key(`,"at":`)
		writeWhole(&v.At, w)
	}
	if v.Every != 0 {
		w.key(`,"every":`)
		writeWhole(&v.Every, w)
	}
	if v.Submission {
		w.key(`,"submission":`)
		writeTruth(&v.Submission, w)
	}
	if v.Cancel {
		w.key(`,"cancel":`)
		writeTruth(&v.Cancel, w)
	}
	w.end()
}

func (v *Enrol) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "learner":
			readText(&v.Learner, r)
		case "run":
			readText(&v.Run, r)
		case "mode":
			readText(&v.Mode, r)
		case "active":
			readTruth(&v.Active, r)
		case "reason":
			readText(&v.Reason, r)
		default:
			r.skip()
		}
	}
}

func (v *Enrol) write(w *writer) {
	w.begin()
	w.key(`,"learner":`)
	writeText(&v.Learner, w)
	if v.Run != "" {
		w.key(`,"run":`)
		writeText(&v.Run, w)
	}
	w.key(`,"mode":`)
	writeText(&v.Mode, w)
	w.key(`,"active":`)
	writeTruth(&v.Active, w)
	if v.Reason != "" {
		w.key(`,"reason":`)
		writeText(&v.Reason, w)
	}
	w.end()
}

func (v *IndexDoc) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "title":
			readText(&v.Title, r)
		case "text":
			readText(&v.Text, r)
		case "path":
			readText(&v.Path, r)
		case "to":
			readList(&v.To, r, readText)
		default:
			r.skip()
		}
	}
}

func (v *IndexDoc) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	if v.Title != "" {
		w.key(`,"title":`)
		writeText(&v.Title, w)
	}
	if v.Text != "" {
		w.key(`,"text":`)
		writeText(&v.Text, w)
	}
	if v.Path != "" {
		w.key(`,"path":`)
		writeText(&v.Path, w)
	}
	if len(v.To) > 0 {
		w.key(`,"to":`)
		writeList(&v.To, w, writeText)
	}
	w.end()
}

func (v *Redraw) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		default:
			r.skip()
		}
	}
}

func (v *Redraw) write(w *writer) {
	w.begin()
	w.end()
}

func (v *Sitting) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "open":
			readTruth(&v.Open, r)
		default:
			r.skip()
		}
	}
}

func (v *Sitting) write(w *writer) {
	w.begin()
	w.key(`,"open":`)
	writeTruth(&v.Open, w)
	w.end()
}

func (v *Choose) read(r *reader) {
	for more := r.object(); more; more = r.next('}') {
		switch string(r.key()) {
		case "id":
			readText(&v.ID, r)
		case "title":
			readText(&v.Title, r)
		case "help":
			readText(&v.Help, r)
		case "points":
			readNumber(&v.Points, r)
		default:
			r.skip()
		}
	}
}

func (v *Choose) write(w *writer) {
	w.begin()
	w.key(`,"id":`)
	writeText(&v.ID, w)
	w.key(`,"title":`)
	writeText(&v.Title, w)
	if v.Help != "" {
		w.key(`,"help":`)
		writeText(&v.Help, w)
	}
	w.key(`,"points":`)
	writeNumber(&v.Points, w)
	w.end()
}
