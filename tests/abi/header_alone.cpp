// The same use of the header, read as C++.
#include "header_alone.c"
