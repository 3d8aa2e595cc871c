using Microsoft.Extensions.Logging;
using Moq;

namespace WaitFor.Testing;

/// <summary>A logger for a test that reads the lines.</summary>
internal static class TestLogger
{
    /// <summary>A logger, enabled from <paramref name="least"/> on, that hands over each line with its level.</summary>
    public static ILogger Of(LogLevel least, Action<LogLevel, string> take)
    {
        var logger = new Mock<ILogger>();
        logger.Setup(log => log.IsEnabled(It.Is<LogLevel>(level => level >= least))).Returns(true);
        logger
            .Setup(log =>
                log.Log(
                    It.Is<LogLevel>(level => level >= least),
                    It.IsAny<EventId>(),
                    It.IsAny<It.IsAnyType>(),
                    It.IsAny<Exception?>(),
                    It.IsAny<Func<It.IsAnyType, Exception?, string>>()
                )
            )
            .Callback(new InvocationAction(call => take((LogLevel)call.Arguments[0]!, $"{call.Arguments[2]}")));
        return logger.Object;
    }
}
