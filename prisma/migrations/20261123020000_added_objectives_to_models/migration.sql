-- AlterTable
ALTER TABLE "Model" ADD COLUMN "objective" TEXT NOT NULL DEFAULT 'classify' CHECK ("objective" IN ('classify', 'reconstruct', 'regress'));
