namespace WaitFor;

/// <summary>How the gate ends. 128+n after signal n is added to these.</summary>
internal static class ExitCode
{
    /// <summary>All targets are met.</summary>
    public const int Met = 0;

    /// <summary>A target failed for good.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>Denied (401, 403), untrusted certificate, or no usable cluster configuration.</summary>
    public const int Access = 3;

    /// <summary>Missing, with <c>--on-missing=fail</c>.</summary>
    public const int Missing = 4;

    /// <summary>An error of ours (BSD's EX_SOFTWARE). A surprise never opens the gate.</summary>
    public const int Internal = 70;

    /// <summary>Timed out, as timeout(1) says it.</summary>
    public const int TimedOut = 124;

    /// <summary>All of them, as help and documentation show them.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> Table { get; } =
    [
        ($"{Met}", "all targets are ready"),
        ($"{Failed}", "a target failed"),
        ($"{Usage}", "wrong usage: arguments, an unknown kind, or a selector that the API server refuses"),
        ($"{Access}", "no access: permission denied, certificate not trusted, no cluster configuration"),
        ($"{Missing}", "missing, with --on-missing=fail"),
        ($"{Internal}", "an error in wait-for itself"),
        ($"{TimedOut}", "timed out"),
        ("128+n", "ended by signal n (SIGTERM 143, SIGINT 130)"),
    ];
}
