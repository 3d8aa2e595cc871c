namespace WaitFor.CommandLine;

/// <summary>Wrong usage. The message names the input, the reason and what to write instead, in one line.</summary>
internal sealed class UsageException(string message) : Exception(message);
