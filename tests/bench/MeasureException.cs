namespace WaitFor.Bench;

/// <summary>Something could not be measured; the message is the one line that is printed.</summary>
internal sealed class MeasureException(string message) : Exception(message);
