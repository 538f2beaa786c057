// Package olx reads Open edX course archives (OLX) into memory. It stores nothing: [Read] gives a [Course] whose blocks know
// their merged attributes, their exact source and place, and what they refer to, beside [Finding] values for all that an
// author should mend. What is read carries all that a lossless export needs: every file of the archive is listed with its
// hash and the blocks that it defines.
//
// # What a block is
//
// The rules are those of Open edX's importer. An element without children and text whose only attribute is url_name (a
// course: url_name, org and course) is a pointer; the block is defined in TYPE/URL_NAME.xml, with ":" in the name as "/".
// Anything else is defined where it stands. An html element's filename attribute names its body, HTML beside the XML file;
// another element's filename attribute names a further XML file. The attributes of policies/RUN/policy.json, under
// "TYPE/URL_NAME", come over those of the XML.
//
// Child elements are blocks or private content, depending on the type of their parent:
//
//	type                                     child elements that are blocks
//	course                                   all but wiki, textbook, license
//	chapter, sequential, vertical            all
//	library_content, itembank, split_test    all
//	conditional                              all but show
//	randomize, problemset, videosequence,    all
//	wrapper, acid_parent
//	problem-builder, step-builder, mentoring all
//	and their parts (pb-mcq, sb-step, ...)
//	types known to keep their XML private    none (html, problem, video, openassessment, lti, poll, ...)
//	any other                                those that an exporter marked: with xblock-family="xblock.v1" or a url_name
//
// [Options].HasChildren overrides this, for types that are installed and therefore known better. In every case the meta
// element, elements in the option namespace and asides (xblock-family="xblock_asides.v1") are not blocks. All of them stay in
// the source of the block that holds them.
//
// # Ids
//
// A block's id is its url_name; without one its slug, its name or its display_name with other characters as "_"; without any
// of these the type and the first 12 hexadecimal digits of the SHA-256 of the element's bytes, so that it stays the same as
// long as the element does; of several that look alike the second gets "_2" and so on. The course itself is always "course". A name that cannot stand in a key is cleaned or, when it is
// too long, replaced by its hash, and a finding says so.
//
// (Type, id) is unique. An element that names a block which is already there, by a pointer to the same file or word for word,
// is a second place of that block: the first one holds, the other is noted in [Block].Again. An element that names one but
// holds something else becomes a block of its own with an id made of both. A pointer to a block that contains it is a cycle
// and leads nowhere. Each is a finding.
//
// # Libraries
//
// A content library is read as the course of one unit that it is kept as: from library.xml, whose child elements are its components,
// or from a backup (package.toml, a TOML file for each component, its versions below it), whose components are those published, with
// the others as drafts. In a backup each version has files of its own; here they stand together, and one whose name another file
// has gets another, in its component's text as well.
//
// # What can be wrong
//
// [Read] fails with an [Error] where there is no course to read: no course.xml, a library, a course.xml that is not
// well-formed, absurd nesting. Anything less is a finding with file and line, and the block concerned stays in the course,
// with [Block].Broken set if its definition is missing or is not XML; its text is kept.
package olx
