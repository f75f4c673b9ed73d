module libxtap/xtap

go 1.19
