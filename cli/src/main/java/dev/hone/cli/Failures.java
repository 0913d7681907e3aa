package dev.hone.cli;

import dev.hone.data.DataException;
import dev.hone.model.ModelException;
import dev.hone.plan.PlanException;
import dev.hone.template.TemplateException;
import dev.hone.tensor.OutOfDeviceMemoryException;
import dev.hone.torch.DeviceUnavailableException;
import dev.hone.train.RunFileException;
import dev.hone.train.TrainingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says what went wrong in one message, and turns it into an exit code. */
final class Failures implements IExecutionExceptionHandler {

    @Override
    public int handleExecutionException(
            Exception failure, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        int code = code(failure);
        if (code == Exit.FAULT) {
            err.println("hone: this is a fault of Hone's; please report it with these lines:");
            failure.printStackTrace(err);
        } else {
            err.println("hone: " + text(failure));
        }
        err.flush();
        return code;
    }

    /** File system exceptions say no more than the path. */
    private static String text(Exception failure) {
        return failure instanceof NoSuchFileException missing
                ? missing.getFile() + ": no such file or folder"
                : String.valueOf(failure.getMessage());
    }

    private static int code(Exception failure) {
        return switch (failure) {
            case RunFileException _,
                    DataException _,
                    ModelException _,
                    TemplateException _,
                    PlanException _,
                    BadInputException _,
                    NoSuchFileException _ ->
                    Exit.BAD_INPUT;
            case TrainingException e when e.getCause() instanceof IOException -> Exit.MACHINE;
            case TrainingException _ -> Exit.BAD_INPUT;
            case DeviceUnavailableException _, OutOfDeviceMemoryException _ -> Exit.MACHINE;
            case IOException _ -> Exit.MACHINE;
            default -> Exit.FAULT;
        };
    }
}
