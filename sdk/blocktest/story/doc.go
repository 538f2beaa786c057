// Package story reads and plays learner stories: short texts that say what people do with a block and what they then see.
// Each is a txtar file; the lines before its first file are the story, the files are what it refers to as @name:
//
//	# Ann chooses a star, changes her mind, and cannot choose twice.
//	content {"question": "How was it?"}
//	as ann
//	view
//	  contains How was it?
//	post rate stars=4
//	view
//	  contains Your answer: 4
//	post rate stars=9
//	  error bad_request 1 to 5 stars
//
// A line is a command and its words; # starts a remark, indentation is for the eye. Words may be quoted ('...' as it stands,
// "..." as in JSON); a value in JSON and a text go on to the end of their line. ${name} is replaced by what keep kept under
// the name. A call that fails must be followed by error, else the story fails there.
//
// Commands gives the list of them all with what they take.
package story
