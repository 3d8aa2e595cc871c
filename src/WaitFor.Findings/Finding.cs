namespace WaitFor.Findings;

/// <summary>How bad a finding is.</summary>
public enum Level
{
    /// <summary>Good to know.</summary>
    Notice,

    /// <summary>It may go wrong.</summary>
    Warning,

    /// <summary>It will go wrong: the check fails.</summary>
    Error,
}

/// <summary>A rule, as documentation and SARIF name it.</summary>
/// <param name="Name">Lower case with hyphens, such as <c>drop-column</c>.</param>
/// <param name="Level">Its usual level; a finding may differ.</param>
/// <param name="Summary">What it finds, in one sentence without a full stop.</param>
/// <param name="Fix">The safe way, in one sentence without a full stop.</param>
public sealed record Rule(string Name, Level Level, string Summary, string Fix);

/// <summary>What a rule found at one place.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Level">How bad it is here.</param>
/// <param name="File">Path of the file as it was given; <c>-</c> for the standard input.</param>
/// <param name="Line">Line in the file, from 1; 0 where no line is known.</param>
/// <param name="Column">Column in the line, from 1; 0 where none is known.</param>
/// <param name="Subject">What it is about, such as <c>table public.users</c> or <c>job/migrate</c>; null for the file as a whole.</param>
/// <param name="Message">What is wrong, in one sentence without a full stop.</param>
/// <param name="Fix">What to do; several lines where it shows SQL or YAML; null where the message says it.</param>
public sealed record Finding(
    string Rule,
    Level Level,
    string File,
    int Line,
    int Column,
    string? Subject,
    string Message,
    string? Fix
);
