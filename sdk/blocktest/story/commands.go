package story

// kind says what a command does to the story.
type kind int

const (
	setup  kind = iota // arranges what is there
	action             // does something
	check              // looks at what came of it
)

// command is what one command takes and does.
type command struct {
	usage string
	kind  kind
	// least and most bound the words before the tail; most -1 is no bound.
	least, most int
	// tail says that a text or JSON may follow the words, needsTail that it must.
	tail, needsTail bool
	run             func(p *Player, a args) error
}

// commands is the language.
var commands map[string]*command

// The table refers to functions that refer to the table, so it is filled in here and never changed.
func init() {
	commands = map[string]*command{
		// What is there.
		"content":  {usage: "content JSON|@FILE: publish this content at the block", kind: action, tail: true, needsTail: true, run: (*Player).content},
		"block":    {usage: "block ID: go on at another use of the block", kind: setup, least: 1, most: 1, run: (*Player).block},
		"settings": {usage: "settings JSON: what the platform sets at the block: due, max_attempts, ...", kind: setup, tail: true, needsTail: true, run: (*Player).settings},
		"children": {usage: "children JSON: the block's children: [{\"id\", \"type\", \"facts\"}]", kind: setup, tail: true, needsTail: true, run: (*Player).children},
		"seed":     {usage: "seed NUMBER: every sitting from now on gets it", kind: setup, least: 1, most: 1, run: (*Player).seed},
		"person":   {usage: "person ID [ROLE] [readonly] [outsider] [NAME=VALUE...]: who it is; names are username, name, locale, zone, mode, groups", kind: setup, least: 1, most: -1, run: (*Player).addPerson},
		"as":       {usage: "as ID [ROLE]: who acts from now on; as visitor is nobody", kind: setup, least: 1, most: 2, run: (*Player).as},
		"now":      {usage: "now TIME: set the clock", kind: setup, least: 1, most: 1, run: (*Player).now},
		"file":     {usage: "file PATH @FILE: a file of the course", kind: setup, least: 1, most: 1, tail: true, needsTail: true, run: (*Player).courseFile},
		"given":    {usage: "given FIELD[@SCHEMA] JSON: what an earlier call stored, with the number of its schema", kind: setup, least: 1, most: 1, tail: true, needsTail: true, run: (*Player).given},
		"document": {usage: "document COLLECTION ID JSON: a document that an earlier call stored", kind: setup, least: 2, most: 2, tail: true, needsTail: true, run: (*Player).document},
		"secret":   {usage: "secret HANDLE VALUE [HOST]: what the block names and never sees", kind: setup, least: 2, most: 3, run: (*Player).secret},
		"record":   {usage: "record JSON|@FILE: recorded runs of authors' programs", kind: setup, tail: true, needsTail: true, run: (*Player).record},
		"outside":  {usage: "outside METHOD URL STATUS [JSON|@FILE]: what an outside service answers; 0 is down, an URL may end in *", kind: setup, least: 3, most: 3, tail: true, run: (*Player).outside},
		"earned":   {usage: "earned PERSON USAGE POINTS/POINTS: a score elsewhere in the course", kind: setup, least: 3, most: 3, run: (*Player).earned},
		"fault":    {usage: "fault KIND [SERVICE] [TIMES]: conflict, deadline, refused or unavailable happens next", kind: setup, least: 1, most: 3, run: (*Player).fault},
		"unraced":  {usage: "unraced HANDLER: posted twice at once it may leave something else than in order, such as when it draws a lot", kind: setup, least: 1, most: 1, run: (*Player).unraced},
		"mend":     {usage: "mend: take back faults that did not happen", kind: setup, run: (*Player).mend},
		"keep":     {usage: "keep NAME json|asked|control|document|version|submission [WHERE...]: remember a value for ${NAME}", kind: setup, least: 2, most: 4, run: (*Player).keep},

		// What is done.
		"view":    {usage: "view [NAME] [path=/PATH] [PARAMETER=VALUE...]: look at a view", kind: action, most: -1, run: (*Player).view},
		"post":    {usage: "post HANDLER [NAME=VALUE...] [NAME@FILE...] [JSON]: call a handler", kind: action, least: 1, most: -1, tail: true, run: (*Player).post},
		"again":   {usage: "again [NAME=VALUE...] [JSON]: the last post under the same id, with this body instead of the same when there is one", kind: action, most: -1, tail: true, run: (*Player).again},
		"race":    {usage: "race NUMBER HANDLER [NAME=VALUE...] [JSON]: one person posts several times at once", kind: action, least: 2, most: -1, tail: true, run: (*Player).race},
		"crowd":   {usage: "crowd NUMBER HANDLER [NAME=VALUE...] [JSON]: learners l1, l2, ... post at once", kind: action, least: 2, most: -1, tail: true, run: (*Player).crowd},
		"reset":   {usage: "reset: end the sitting", kind: action, run: (*Player).reset},
		"reveal":  {usage: "reveal: look at the answer", kind: action, run: (*Player).reveal},
		"mount":   {usage: "mount NAME [method=M] [path=/P] [query.N=V] [header.N=V] [sign.N=HANDLE] [as=ROLE] [key=K] [JSON|@FILE]: a request under the block's own path", kind: action, least: 1, most: -1, tail: true, run: (*Player).mount},
		"work":    {usage: "work: do what is due: grading, tasks, events", kind: action, run: (*Player).work},
		"advance": {usage: "advance DURATION: turn the clock (90s, 2h, 3d) and do what falls due", kind: action, least: 1, most: 1, run: (*Player).advance},
		"event":   {usage: "event NAME [ACTOR] [JSON]: something happened elsewhere", kind: action, least: 1, most: 2, tail: true, run: (*Player).event},
		"settle":  {usage: "settle JSON: evidence for the person's newest submission", kind: action, tail: true, needsTail: true, run: (*Player).settle},
		"regrade": {usage: "regrade: grade the person's newest submission again, by what is published now", kind: action, run: (*Player).regrade},
		"grade":   {usage: "grade JSON: ask a grader directly: {\"answers\", \"public\", \"secret\", \"evidence\"}", kind: action, tail: true, needsTail: true, run: (*Player).grade},
		"solve":   {usage: "solve: post what the block says is right", kind: action, run: (*Player).solve},
		"check":   {usage: "check [JSON|@FILE]: let the block find its author's mistakes in content", kind: action, tail: true, run: (*Player).checkContent},
		"olx":     {usage: "olx @FILE: read an OLX element and publish it", kind: action, tail: true, needsTail: true, run: (*Player).olx},
		"export":  {usage: "export: write the content as OLX", kind: action, run: (*Player).export},
		"report":  {usage: "report: put the person's submissions into words", kind: action, run: (*Player).report},

		// What came of it.
		"contains":   {usage: "contains TEXT: it is in what was shown or answered, or in its markup", kind: check, tail: true, needsTail: true, run: (*Player).contains},
		"lacks":      {usage: "lacks TEXT: it is not", kind: check, tail: true, needsTail: true, run: (*Player).lacks},
		"error":      {usage: "error CODE [TEXT]: the call failed like this", kind: check, least: 1, most: 1, tail: true, run: (*Player).failed},
		"status":     {usage: "status NUMBER: the reply's HTTP status", kind: check, least: 1, most: 1, run: (*Player).status},
		"message":    {usage: "message TEXT: the reply announces it", kind: check, tail: true, needsTail: true, run: (*Player).message},
		"json":       {usage: "json PATH JSON: a value of the reply's body; PATH is names and numbers with dots, . is the whole", kind: check, least: 1, most: 1, tail: true, needsTail: true, run: (*Player).json},
		"repeated":   {usage: "repeated: the reply is the remembered one", kind: check, run: (*Player).repeated},
		"runs":       {usage: "runs NUMBER: how often the handler ran", kind: check, least: 1, most: 1, run: (*Player).runs},
		"accepted":   {usage: "accepted NUMBER: so many of those at once succeeded", kind: check, least: 1, most: 1, run: (*Player).accepted},
		"refused":    {usage: "refused NUMBER CODE [TEXT]: so many of those at once failed like this", kind: check, least: 2, most: 2, tail: true, run: (*Player).refused},
		"verdict":    {usage: "verdict none|OUTCOME [POINTS/POINTS] [TEXT]: grade what waits; the person's newest verdict", kind: check, least: 1, most: 2, tail: true, run: (*Player).verdict},
		"part":       {usage: "part ID CORRECTNESS [POINTS/POINTS] [TEXT]: a part of the newest verdict", kind: check, least: 2, most: 3, tail: true, run: (*Player).part},
		"score":      {usage: "score none|POINTS/POINTS: what counts for the person", kind: check, least: 1, most: 1, run: (*Player).score},
		"tries":      {usage: "tries NUMBER: how many tries count", kind: check, least: 1, most: 1, run: (*Player).tries},
		"gate":       {usage: "gate submit|save|reset|answer|correctness open|WHY: what the rules allow the person", kind: check, least: 2, most: 2, run: (*Player).gate},
		"field":      {usage: "field NAME unset|JSON: what is stored of the person, or of the block", kind: check, least: 1, most: 1, tail: true, needsTail: true, run: (*Player).field},
		"completion": {usage: "completion NUMBER: how far the person is, 0 to 1", kind: check, least: 1, most: 1, run: (*Player).completion},
		"stored":     {usage: "stored COLLECTION ID missing|JSON: a document holds at least these members", kind: check, least: 2, most: 2, tail: true, needsTail: true, run: (*Player).stored},
		"count":      {usage: "count COLLECTION NUMBER: so many documents", kind: check, least: 2, most: 2, run: (*Player).count},
		"notice":     {usage: "notice PERSON [TEXT]: the newest message to the person", kind: check, least: 1, most: 1, tail: true, run: (*Player).notice},
		"notices":    {usage: "notices NUMBER: so many messages in all", kind: check, least: 1, most: 1, run: (*Player).notices},
		"published":  {usage: "published TOPIC [ID]: open pages were told last", kind: check, least: 1, most: 2, run: (*Player).published},
		"emitted":    {usage: "emitted EVENT [JSON]: the newest event of the name holds at least these members", kind: check, least: 1, most: 1, tail: true, run: (*Player).emitted},
		"task":       {usage: "task NAME [DURATION]: a task waits, due in so long", kind: check, least: 1, most: 2, run: (*Player).task},
		"tasks":      {usage: "tasks NUMBER: so many tasks wait", kind: check, least: 1, most: 1, run: (*Player).tasks},
		"asked":      {usage: "asked METHOD URL [TIMES]: outside requests that were made, once without TIMES; an URL may end in *", kind: check, least: 2, most: 3, run: (*Player).asked},
		"logged":     {usage: "logged TEXT: the block's log holds it", kind: check, tail: true, needsTail: true, run: (*Player).logged},
		"finding":    {usage: "finding LEVEL TEXT: check found this", kind: check, least: 1, most: 1, tail: true, needsTail: true, run: (*Player).finding},
		"findings":   {usage: "findings NUMBER: check found so many", kind: check, least: 1, most: 1, run: (*Player).findings},
		"row":        {usage: "row PART ANSWER [CORRECTNESS]: the report has this row", kind: check, least: 2, most: 3, run: (*Player).row},
		"golden":     {usage: "golden FILE: what was shown is the file of this story; -update writes it", kind: check, least: 1, most: 1, run: (*Player).golden},
	}
}
