#include <stdio.h>
int main(void) { puts("hello c"); return 0; }
