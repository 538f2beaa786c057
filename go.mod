module github.com/quoin-lms/quoin

go 1.26.0
