/* Counts the instructions that a program executes between two breakpoints (int3) of its
 * own, by letting it make one step at a time: `steps PROGRAM [ARGUMENT ...]` prints the
 * number. Unlike valgrind, which knows no SHA instructions and no AVX-512, it counts
 * whatever the CPU runs. Linux on x86-64 alone. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc < 2) {
        fputs("usage: steps PROGRAM [ARGUMENT ...]\n", stderr);
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        personality(ADDR_NO_RANDOMIZE); /* the same count every time */
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(argv[1], argv + 1);
        perror("steps: the program cannot be started");
        _exit(127);
    }
    unsigned long long count = 0;
    int status, stepping = 0;
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        siginfo_t why = {0};
        int signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
        ptrace(PTRACE_GETSIGINFO, child, NULL, &why);
        if (signal == 0 && why.si_code == SI_KERNEL)
            stepping = !stepping; /* a breakpoint of the program's own */
        else if (stepping)
            count++;
        void *deliver = (void *)(long)signal;
        if (ptrace(stepping ? PTRACE_SINGLESTEP : PTRACE_CONT, child, NULL, deliver) != 0) {
            perror("steps: the program cannot be traced");
            return 1;
        }
    }
    printf("%llu\n", count);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
