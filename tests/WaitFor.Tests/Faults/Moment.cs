namespace WaitFor.Tests.Faults;

/// <summary>Where in the course of a list and a watch a fault strikes, in the order of time. A moment outside of them would be a further
/// value, with a row in
/// <see cref="Moments.Words"/> and a branch in <see cref="Scene"/>.</summary>
internal enum Moment
{
    /// <summary>The list was asked for, nothing of its answer was sent.</summary>
    BeforeList,

    /// <summary>A part of the list was sent.</summary>
    InList,

    /// <summary>The list has arrived, the watch was not asked for.</summary>
    BetweenListAndWatch,

    /// <summary>The watch was asked for, no event was sent.</summary>
    AtWatch,

    /// <summary>A part of an event was sent.</summary>
    InLine,

    /// <summary>A whole event was sent, nothing of the next.</summary>
    BetweenEvents,
}

internal static class Moments
{
    public static IReadOnlyList<Moment> All { get; } = Enum.GetValues<Moment>();

    public static string Words(this Moment moment) =>
        moment switch
        {
            Moment.BeforeList => "before list",
            Moment.InList => "in list",
            Moment.BetweenListAndWatch => "list to watch",
            Moment.AtWatch => "watch starts",
            Moment.InLine => "in a line",
            Moment.BetweenEvents => "between events",
            _ => throw new ArgumentOutOfRangeException(nameof(moment), moment, "no such moment"),
        };
}
