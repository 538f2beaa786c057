// Package picture makes an uploaded picture fit for a course: it takes out what a camera wrote beside the picture (where and when
// it was taken, by whom), keeps which side is up, and makes smaller copies. A picture is never decoded before its size is known.
package picture
