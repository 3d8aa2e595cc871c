namespace WaitFor.Process.Help;

/// <summary>An option as help, documentation and shell completion show it.</summary>
/// <param name="Names">Its names, the short one first: <c>-n, --namespace</c>.</param>
/// <param name="Value">What its value is, in capitals; empty where it takes none. <c>FILE</c> and <c>FOLDER</c> are completed as
/// paths.</param>
/// <param name="Text">What it does, as a clause without a full stop.</param>
public sealed record HelpOption(string Names, string Value, string Text)
{
    /// <summary>The value where it is not given; empty where there is none.</summary>
    public string Default { get; init; } = "";

    /// <summary>All values that it takes; empty where they are not listed.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>True: it can be given more than once.</summary>
    public bool Repeatable { get; init; }

    /// <summary>True: the overview shows it.</summary>
    public bool Common { get; init; }

    /// <summary>Each name, with its dashes.</summary>
    public IReadOnlyList<string> Words => Names.Split(", ");

    /// <summary>True where the value is a path.</summary>
    public bool TakesPath => Value.StartsWith("FILE", StringComparison.Ordinal) || Value.StartsWith("FOLDER", StringComparison.Ordinal);
}

/// <summary>Options that belong together.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Options">The options, the most used first.</param>
public sealed record HelpGroup(string Title, IReadOnlyList<HelpOption> Options);
