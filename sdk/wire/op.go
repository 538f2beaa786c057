package wire

// Op names an operation. Names are append-only.
type Op string

// The operations.
const (
	OpDescribe  Op = "describe"
	OpOutline   Op = "outline"
	OpVary      Op = "vary"
	OpRender    Op = "render"
	OpReveal    Op = "reveal"
	OpHandle    Op = "handle"
	OpGrade     Op = "grade"
	OpChoose    Op = "choose"
	OpCheck     Op = "check"
	OpSolve     Op = "solve"
	OpImportOLX Op = "import_olx"
	OpExportOLX Op = "export_olx"
	OpReport    Op = "report"
	OpTask      Op = "task"
	OpEvent     Op = "event"
	OpMount     Op = "mount"
	OpMigrate   Op = "migrate"
	OpSample    Op = "sample"
)

// Ops lists every operation in the order of CONTRACT.
func Ops() []Op {
	return []Op{
		OpDescribe, OpOutline, OpVary, OpRender, OpReveal, OpHandle, OpGrade, OpChoose, OpCheck, OpSolve,
		OpImportOLX, OpExportOLX, OpReport, OpTask, OpEvent, OpMount, OpMigrate, OpSample,
	}
}

// Role is what a caller may act as in one call. It is not a course role: staff, instructor and data researcher all act as
// RoleStaff towards a block; the names of course roles travel in Context.Groups.
type Role string

// The roles.
const (
	RoleVisitor Role = "visitor" // not signed in, or not enrolled
	RoleLearner Role = "learner"
	RoleStaff   Role = "staff"   // course staff in the LMS
	RoleAuthor  Role = "author"  // course team in Studio
	RoleAdmin   Role = "admin"   // of the site
	RoleOutside Role = "outside" // a request without a login: webhooks; the block checks a signature
	RoleHost    Role = "host"    // the platform itself: tasks and events
)

// Roles lists every role.
func Roles() []Role {
	return []Role{RoleVisitor, RoleLearner, RoleStaff, RoleAuthor, RoleAdmin, RoleOutside, RoleHost}
}

// Scope says whose a field's value is and how far it reaches: XBlock's six named scopes.
type Scope string

// The scopes.
const (
	ScopeContent   Scope = "content"            // authored, the same for every use of the content
	ScopeSettings  Scope = "settings"           // authored, for this place in the course
	ScopeUserState Scope = "user_state"         // one learner, this block
	ScopePrefs     Scope = "preferences"        // one learner, this package, this course
	ScopeUserInfo  Scope = "user_info"          // one learner, this course (the site when granted)
	ScopeSummary   Scope = "user_state_summary" // all learners, this block
)

// Authored reports whether the course team writes the scope, rather than learners' calls.
func (s Scope) Authored() bool { return s == ScopeContent || s == ScopeSettings }

// Kind is where a block stands.
type Kind string

// The kinds.
const (
	KindComponent Kind = "component"
	KindApp       Kind = "app"
	KindGrader    Kind = "grader"
)
